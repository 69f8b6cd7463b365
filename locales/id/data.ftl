# Setelan, Data: ruang, berapa lama rekaman disimpan, arsip, tugas.

data = Data
data-intro = Rekaman tetap di komputer ini. Di sini kamu menentukan berapa lama.
data-size = Database
data-free = { $size } di antaranya kosong
data-growth = Bertambah per hari
data-growth-unknown = Diketahui setelah sehari merekam.
data-growth-over = dilihat selama { $n } hari
data-disk = Sisa di disk ini
data-full-at = penuh sekitar { $date } kalau terus begini
data-full-never = tidak akan penuh kalau terus begini
data-days = Simpan sesi selama sekian hari
data-days-hint = Setelah itu interval, gift, orang, dan jawaban masuk arsip. Totalnya tetap di sini. 0 menyimpan semuanya.
data-raw-days = Simpan event mentah selama sekian hari
data-raw-days-hint = Dengan event mentah, harga yang kamu atur belakangan bisa diterapkan dan total bisa dihitung ulang. 0 menyimpannya selama sesinya ada.
data-lang = Bahasa buku kerja arsip
data-lang-hint = Untuk buku kerja yang ditulis mulai sekarang.
data-leaves =
    { $n ->
        [1] Pada { $date } satu sesi akan diarsipkan, dari { $from }.
       *[other] Pada { $date } { $n } sesi akan diarsipkan, dari { $from } sampai { $to }.
    }
data-leaves-none = Pada { $date } tidak ada yang diarsipkan.
data-leaves-never = Tidak ada yang diarsipkan: sesi disimpan selamanya.
data-thins =
    { $n ->
        [1] Pada { $date } event mentah satu sesi akan dihapus, dari { $from }.
       *[other] Pada { $date } event mentah { $n } sesi akan dihapus, dari { $from } sampai { $to }.
    }
data-thins-none = Pada { $date } tidak ada event mentah yang dihapus.
data-thins-never = Event mentah disimpan selama sesinya ada.
data-busy = Ada yang sedang LIVE, jadi database tidak dirapikan. Rekaman harus menunggu selama itu; centang kotaknya untuk tetap melakukannya.
data-compact-what = Menulis ulang database tanpa ruang kosongnya. Rekaman menunggu sampai selesai; tidak ada yang hilang.
data-compact-live = Juga saat LIVE
archives = Arsip
archives-what = Dibuat sebelum pembersihan, dibaca ulang, baru kemudian dihapus di sini. Tidak berisi kunci, cookie, atau setelan.
archives-none = Belum ada arsip.
archives-none-why = Yang pertama dibuat saat ada sesi yang lebih tua dari batas simpanmu.
archive-said = { $n } sesi, dibuat { $date }
archive-workbook = Buku kerja
archive-raw = Arsip mentah
left-board = Detail { $n } sesi dari rentang ini ada di arsip, jadi gift-nya tidak masuk peringkat ini:
left-insights = Detail { $n } sesi dari rentang ini ada di arsip, jadi jawaban ini tanpa sesi itu:
left-times = Detail { $n } sesi ada di arsip. Jumlah dan daftar tetap memuatnya; jam terbaik tanpa sesi itu:
left-archives = { $n } arsip
compare-left = hanya total; detail ada di arsip
session-left-head = Rinciannya ada di arsip
session-left = Pada { $date } rincian sesi ini pindah ke arsip. Total, catatan, dan labelnya tetap di sini.
session-thinned = Event mentah sesi ini dihapus pada { $date }, setelah hitung ulang cocok dengan semua total. Harga yang diatur belakangan dan pengaruh gift satu per satu tidak bisa dihitung lagi.
chores = Tugas rutin
chores-what = Yang dikerjakan Pasut sendiri, sedikit demi sedikit. Yang lama menunggu saat kamu LIVE.
chore-run = Jalankan sekarang
chore-running = Bekerja…
chore-never = Belum pernah dijalankan.
chore-next = Berikutnya: { $when }
chore-took = { $s } dtk
chore-done = selesai
chore-nothing = tidak ada yang perlu dikerjakan
chore-left-alone = { $n } dibiarkan seperti adanya; alasannya ada di log.
chore-differs = { $n } hal tidak cocok; jalankan pasut check untuk melihatnya.
chore-failed = Gagal; akan dicoba lagi. Tidak ada yang hilang, selengkapnya di log.
chore-failed-disk = Ruang di disk terlalu sedikit. Tidak ada yang hilang; kosongkan sebagian.
chore-failed-locked = Program lain sedang memakai database. Akan dicoba lagi.
chore-failed-unreadable = Arsip tidak bisa dibaca ulang, jadi tidak ada yang dihapus. Arsip dibuat lagi.
chore-when-asked = hanya kalau diminta
chore-every-seconds = tiap { $n } detik
chore-every-minutes =
    { $n ->
        [1] tiap menit
       *[other] tiap { $n } menit
    }
chore-every-hours =
    { $n ->
        [1] tiap jam
       *[other] tiap { $n } jam
    }
chore-every-days =
    { $n ->
        [1] tiap hari
       *[other] tiap { $n } hari
    }
chore-erase = Hapus orang
chore-erase-does = Menyamarkan orang yang minta dihapus.
chore-erase-did = { $n } orang dihapus
chore-let-go = Rapikan memori
chore-let-go-does = Melepas hitungan yang tidak dilihat siapa pun, dan mengembalikan memori bebas ke komputer.
chore-explain = Jelaskan sesi
chore-explain-does = Menjawab kenapa penonton berubah, kalau belum dijawab.
chore-explain-did = { $n } sesi dijelaskan
chore-pack = Padatkan event
chore-pack-does = Mengecilkan event sesi yang sudah selesai.
chore-pack-did = { $n } sesi dipadatkan
chore-boards = Siapkan peringkat
chore-boards-does = Menjumlahkan gifter dari sesi rekaman versi lama.
chore-measure = Ukur database
chore-measure-does = Mencatat besarnya, untuk tahu seberapa cepat bertambah.
chore-thin = Tipiskan sesi lama
chore-thin-does = Menghapus event mentah setelah hitung ulang cocok dengan semua total.
chore-thin-did = { $n } sesi ditipiskan
chore-archive = Arsipkan sesi lama
chore-archive-does = Mengarsipkan sesi yang cukup tua, membaca ulang arsipnya, lalu mengeluarkan rinciannya.
chore-archive-did = { $n } sesi diarsipkan, { $size }
chore-reclaim = Kembalikan ruang
chore-reclaim-does = Mengembalikan ruang kosong database ke disk.
chore-reclaim-did = { $size } dikembalikan
chore-check = Periksa semuanya
chore-check-does = Memeriksa database, semua total, dan semua arsip.
chore-check-did = { $n } sesi diperiksa
chore-backup-does = Membuat cadangan kalau sudah waktunya: lihat Setelan, Cadangan.
chore-backup-did = satu dibuat, { $size }
chore-compact = Rapikan database
chore-compact-does = Menulis ulang database tanpa ruang kosongnya.
chore-compact-did = dari { $before } menjadi { $size }
sought-head = Hapus seseorang dari arsip
sought-intro = Yang ada di papan peringkat dihapus dari sana. Yang hanya ada di arsip dicari di sini, dengan ID pengguna atau nama persisnya.
sought-label = ID pengguna, @nama pengguna, atau nama
sought-look = Cari di arsip
sought-id = ID
sought-found = { $n } orang di arsip { $name }. Yang dihapus hilang dari semua arsip dan dari semua data lain.
sought-not-yet = Belum ketemu, dan masih ada arsip yang lebih lama.
sought-nobody = Tidak ada orang dengan ID atau nama persis itu di arsip.
sought-busy = Arsip sedang dikerjakan. Coba lagi sebentar lagi.
sought-on = Cari di arsip yang lebih lama
sought-unread = Arsip berikut tidak bisa dibaca, jadi tidak ikut dicari; log menjelaskan sebabnya:
