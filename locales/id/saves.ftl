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

# Halaman Ekspor.

export-intro = Hasil rekaman sebagai file. File tetap di komputer ini dan dihapus setelah sehari.
export-range = Sesi yang dimulai
export-everyone = semua
export-form = Format
export-report = Laporan (HTML)
export-chart = Grafik (PNG)
export-each = Satu file untuk tiap sesi; beberapa file dijadikan satu arsip ZIP.
export-separator = Pemisah kolom
export-comma = koma, desimal dengan titik
export-semicolon = titik koma, desimal dengan koma
export-content = Isi
export-hide = Sembunyikan nama (Fan #1, Fan #2)
export-make = Buat file
export-ask = Perbarui ukuran
export-estimate = { $sessions } sesi, sekitar { $rows } baris, { $size }
export-estimate-each = { $sessions } sesi, sekitar { $size }
export-files = File
export-none = Belum ada file.
export-none-do = Pilih yang kamu perlukan di atas; filenya muncul di sini.
export-waiting = Menunggu giliran.
export-running = { $rows } baris sejauh ini.
export-done = { $rows } baris, { $size }. Dihapus pada { $until }.
export-running-each = { $rows } sesi sejauh ini.
export-done-each = { $rows } sesi, { $size }. Dihapus pada { $until }.
export-failed = File tidak bisa dibuat. Rekaman aman; pastikan disk masih punya ruang, lalu coba lagi.
export-cancelled = Dibatalkan. Tidak ada file yang tertinggal.
export-download = Unduh
export-cancel = Batalkan
export-remove = Hapus
