package console

// The data of template parts that several pages use. A template takes only one value.

type fieldData struct {
	Console  *Console
	Form     startForm
	ID       string
	Chosen   uint64
	Required bool
}

func field(c *Console, form startForm, id string, chosen *uint64, needed bool) fieldData {
	f := fieldData{Console: c, Form: form, ID: id, Required: needed}
	if chosen != nil {
		f.Chosen = *chosen
	}
	return f
}

type filterData struct {
	Console  *Console
	Action   string
	Form     startForm
	Customer *uint64
}

func filter(c *Console, action string, form startForm, customerID *uint64) filterData {
	return filterData{c, action, form, customerID}
}

type listData struct {
	Console *Console
	Runs    []runView
}

func list(c *Console, runs []runView) listData { return listData{c, runs} }

type entriesData struct {
	Console   *Console
	Entries   []entryView
	ShowAsset bool // otherwise the run
}

func entries(c *Console, all []entryView, showAsset bool) entriesData {
	return entriesData{c, all, showAsset}
}
