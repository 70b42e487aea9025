"""demo: a fictional coastal province whose devices live as those of a real one do.

``province`` draws it (agencies, communes, roads, rivers: all invented), ``fleet`` puts its devices in their
places, ``rhythm`` says what each of them measures at any instant, and ``service`` writes that into the city:
the hours before the first start in bulk, then tick by tick. What a device measures is a pure function of the
seed, the device and the time, so the same instant always shows the same city, whoever asks and however often
the server was restarted; that is also why no state of the demonstration is stored.

Everything is written with ``simulated`` set, and shown as "dữ liệu mô phỏng" wherever it appears.
"""
