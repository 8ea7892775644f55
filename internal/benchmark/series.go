package main

import (
	"slices"
	"time"
)

// A series is one quantity, measured several times under the same conditions.
type series []float64

// Median is the middle value, or the mean of the two in the middle.
func (s series) Median() float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}

// Min is the least value.
func (s series) Min() float64 { return slices.Min(s) }

// Max is the greatest value.
func (s series) Max() float64 { return slices.Max(s) }

// A duel is what two contenders took, round by round under the same conditions.
type duel struct {
	Ours, Theirs series
}

// Ratio is the ratio of the medians, ours over theirs.
func (d duel) Ratio() float64 { return d.Ours.Median() / d.Theirs.Median() }

// Speedup is the ratio of the medians, theirs over ours.
func (d duel) Speedup() float64 { return d.Theirs.Median() / d.Ours.Median() }

// Ratios are the ratios of ours over theirs in each round.
func (d duel) Ratios() series {
	ratios := make(series, len(d.Ours))
	for i := range ratios {
		ratios[i] = d.Ours[i] / d.Theirs[i]
	}
	return ratios
}

// fight runs both contenders alternately, each first in every other round.
// Round 0 warms up and is not for the record.
func fight(rounds int, ours, theirs func(round int) error) error {
	for round := range rounds + 1 {
		pair := []func(int) error{ours, theirs}
		if round%2 == 1 {
			slices.Reverse(pair)
		}
		for _, contender := range pair {
			if err := contender(round); err != nil {
				return err
			}
		}
	}
	return nil
}

// record appends a value unless its round only warmed up.
func record(into *series, round int, value float64) {
	if round > 0 {
		*into = append(*into, value)
	}
}

func secondsSince(began time.Time) float64 { return time.Since(began).Seconds() }
