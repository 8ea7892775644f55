package fakeapi

// The names are combined at random from common ones: nobody is meant.

func firstName(i int) string {
	names := [...]string{
		"Alva", "Bruno", "Carla", "Dario", "Edith", "Femi", "Greta", "Hana",
		"Ivo", "Jonas", "Kira", "Leon", "Mara", "Nils", "Olga", "Pavel",
		"Quinn", "Rosa", "Samir", "Tilda", "Uma", "Viktor", "Wanda", "Yusuf",
	}
	return names[i%len(names)]
}

func surname(i int) string {
	names := [...]string{
		"Abbott", "Berg", "Costa", "Dahl", "Engel", "Fuchs", "Grant", "Holm",
		"Ito", "Jansen", "Keller", "Lind", "Moreau", "Novak", "Okafor", "Petrov",
		"Quist", "Rossi", "Silva", "Tanaka", "Ueda", "Vogel", "Weber", "Zeman",
	}
	return names[i%len(names)]
}

func domain(i int) string {
	domains := [...]string{"example.com", "example.com", "example.org"}
	return domains[i%len(domains)]
}

func latinName(i int) string {
	names := [...]string{"Zoë Müller", "Łukasz Dąbek", "Çağla Şahin", "Søren Ågård", "Nguyễn Đức Ân", "François Œuvrard"}
	return names[i%len(names)]
}

func cyrillicName(i int) string {
	names := [...]string{"Андрей Зайцев", "Соломія Їжак", "Йоана Ёлкина"}
	return names[i%len(names)]
}

func eastAsianName(i int) string {
	names := [...]string{"山田 花子", "王小明", "김서연"}
	return names[i%len(names)]
}

func emojiName(i int) string {
	names := [...]string{"Robin 🦊", "Kit 👩‍💻 Lane", "🌻"}
	return names[i%len(names)]
}
