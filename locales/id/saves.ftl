# What is shared and saved from a session.

share-heading = Bagikan
share-card-do = Gambar sesi ini: apa yang mendahului, rata-rata dan puncak, gifter teratas. Tanpa diamond kecuali kamu menambahkannya.
share-size = Ukuran gambar
share-tall = Story, 1080 × 1920
share-wide = Tautan, 1200 × 630
share-hide = Tanpa nama siapa pun
share-money = Dengan diamond
share-save = Simpan gambar
share-report = Simpan laporan
report-totals = Total
report-more-gifts = Dan { $n } jenis gift lainnya.
report-made = Dibuat oleh Pasut { $version } pada { $time }. Semua waktu dalam { $zone }.
card-average = Rata-rata penonton
card-peak = Puncak penonton
