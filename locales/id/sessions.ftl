# Ringkasan masa lalu, dan daftar sesi.

sessions-title = Apakah live-mu tumbuh?
growing-yes = Ya: rata-rata { $now } penonton, { $before } pada { $days } hari sebelumnya ({ $change }).
growing-no = Tidak: rata-rata { $now } penonton, { $before } pada { $days } hari sebelumnya ({ $change }).
growing-steady = Kurang lebih sama: rata-rata { $now } penonton, { $before } pada { $days } hari sebelumnya ({ $change }).
growing-early = Terlalu dini: { $now } sesi pada hari-hari ini, { $before } pada hari sebanyak itu sebelumnya ({ $days }).
sums = Hari-hari ini dibanding sebelumnya
sums-dates = { $days } { $zone }, dibanding { $before }.
days-span = { $from } sampai { $to }
sums-before = sebelumnya: { $value } ({ $days })
sums-none-before = tidak ada sesi sebelumnya ({ $days })
best-time = Waktu terbaik untuk live
colour = Warna
per-viewer-hour = per jam-penonton
heat-label-viewers = Rata-rata penonton menurut hari dan jam
heat-label-value = Diamond per jam-penonton menurut hari dan jam
heat-foot-viewers = Warna: rata-rata penonton selama tersambung. Angka: sesi. Arsir: kurang dari { $few }. Jam { $zone }, { $days }.
heat-foot-value = Warna: diamond per jam-penonton, termasuk gift untuk tamu. Angka: sesi. Arsir: kurang dari { $few }. Jam { $zone }, { $days }.
heat-unit-viewers = penonton
heat-unit-value = diamond per jam-penonton
heat-cell-viewers = { $day } { $hour }, rata-rata { $value } penonton, { $n } sesi
heat-cell-value = { $day } { $hour }, { $value } diamond per jam-penonton, { $n } sesi
heat-cell-few = { $day } { $hour }, { $n ->
        [0] tidak ada sesi
       *[other] baru { $n } sesi
    }
heat-table = Dalam kurung: sesi.
heat-empty = Tidak ada rekaman pada hari-hari ini.
heat-empty-do = Mulai dari dua sesi pada jam yang sama dalam seminggu, rata-ratanya muncul di sini.
hour = Jam
filters = Filter
filter = Tampilkan
in-notes = Teks di catatan
tag = Tag
any-tag = Semua tag
with-gifts = Ada gift
with-gaps = Ada celah
all-creators = Semua kreator
sessions-found = { $n } sesi
sessions-found-some = { $n } sesi, ditampilkan { $first } sampai { $last }
compare-two = Bandingkan dua
compare-hint = Centang dua sesi, lalu bandingkan
compare-pick = Untuk dibandingkan
driver-column = Yang mendahului
start-time = Mulai
live-now = sedang live
continues = Lanjutan dari
page-before = Halaman sebelumnya
page-next = Halaman berikutnya
pages = Halaman
no-sessions = Belum ada sesi.
no-sessions-do = Sesi pertama muncul saat kamu live.
no-match = Tidak ada yang cocok.
clear-filters = Hapus filter
origin-capture = Dari rekaman mentah
origin-push = Dikirim
origin-import = Diimpor
