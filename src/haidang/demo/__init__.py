"""demo: a fictional coastal province whose devices live as those of a real one do.

``province`` draws it (agencies, communes, roads, rivers: all invented), ``fleet`` puts its devices in their
places, ``rhythm`` says what each of them measures at any instant, ``trouble`` what goes wrong there, and
``service`` writes that into the city: the hours before the first start in bulk, then tick by tick. What a
device measures is a pure function of the seed, the device and the time, so the same instant always shows the
same city, whoever asks and however often the server was restarted.

``stories`` are what can happen there on demand (``haidang demo story flood``), ``story`` what that does to
the devices. The one state that is stored is which story was begun when and how fast; the rest follows from
it. ``staff`` and ``duty`` make the people who act on it: units, accounts without passwords, a few tasks.

``figures`` are what units owe to the register of indicators: handed in, late, reminded, counted.

``conclusions`` are what its leaders have asked for, ``directing`` has that read, confirmed, issued, and done.

Everything is written with ``simulated`` set, and shown as "dữ liệu mô phỏng" wherever it appears.
"""
