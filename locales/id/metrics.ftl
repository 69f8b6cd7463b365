# Nama angka dan artinya masing-masing.

metric-ask = Apa ini: { $metric }
metric-viewers-now = Penonton sekarang
metric-viewers-now-means = Hitungan terbaru dari TikTok. Kalau lebih dari 30 detik, umurnya ditampilkan.
metric-average = Rata-rata penonton
metric-average-means = Rata-rata menurut waktu, hanya menit yang tersambung.
metric-peak = Puncak
metric-peak-means = Jumlah penonton tertinggi, dengan jamnya.
metric-hold = Kurva bertahan
metric-hold-means = Penonton dibagi puncak, sepanjang waktu berjalan. TikTok tidak memberi tahu siapa yang pergi.
metric-viewer-hours = Jam-penonton
metric-viewer-hours-means = Penonton dijumlahkan selama tersambung: 60 penonton selama satu jam berarti 60 jam-penonton. Dasar semua rasio.
metric-engaged = Penonton aktif
metric-engaged-means = Orang yang berkomentar, memberi like, gift, membagikan, atau follow, dibagi orang yang terlihat.
metric-follow-rate = Follow per 1.000 menit-penonton
metric-follow-rate-means = Follow baru dibagi menit-penonton, kali 1.000.
metric-gifter-rate = Konversi gifter
metric-gifter-rate-means = Orang yang memberi gift dibagi orang yang terlihat.
metric-value-rate = Diamond per jam-penonton
metric-value-rate-means = Diamond untuk kreator dibagi jam-penonton. Sesi panjang dan pendek jadi bisa dibandingkan.
metric-new-returning = Baru · Kembali
metric-new-returning-means = Kembali: juga terlihat di sesi sebelumnya yang mulai dalam 30 hari terakhir. Baru: selebihnya yang terlihat.
metric-return-rate = Gifter yang kembali
metric-return-rate-means = Gifter dari sesi sebelumnya yang terlihat lagi di sesi ini.
metric-coverage = Terekam
metric-coverage-means = Menit tersambung dibagi menit sesi.
