# Analisis: kenapa penonton berubah, apa yang dicoba, dan uji coba. Yang dikatakan adalah apa yang mendahului, bukan sebabnya.

nav-insights = Analisis
insights-title = Kenapa penonton berubah?
scope = Sesi yang mana
scope-session = Sesi ini
scope-newest = Terbaru
scope-days = { $n } hari
insights-of-session = Sesi { $session }. { $recorded }.
insights-of-running = Sesi { $session }, masih berjalan. { $recorded }.
insights-over = { $n ->
        [0] Tidak ada sesi dari { $from } sampai { $to }.
       *[other] { $n } sesi dari { $from } sampai { $to }, { $judged } di antaranya cukup panjang dan ramai untuk dinilai.
    }
insights-none = Tidak ada sesi pada hari-hari ini.
insights-none-do = Pilih lebih banyak hari, atau tunggu LIVE berikutnya.
insights-uncomputed = Belum ada yang bisa dikatakan tentang sesi ini.
insights-uncomputed-do = Jawaban pertama muncul beberapa detik setelah LIVE dimulai. Sesi tanpa aktivitas tidak punya jawaban.
insights-left-out = { $dur } tanpa koneksi atau angka penonton tidak dihitung.
insights-waiting = Menunggu lebih banyak { $driver }.
drivers-heading = Lima pendorong, terkuat dulu
drivers-say = Kesimpulannya
drivers-lag = Mana yang lebih dulu, dalam menit. Abu-abu: bisa terjadi kebetulan.
drivers-around = Penonton di sekitar tiap lonjakan. Tipis: satu lonjakan. Tebal: median.
driver = Pendorong
lag-minutes = { $n } mnt
lag-first = { $driver } dulu
lag-viewers-first = penonton dulu
lag-label = Kaitan { $driver } dengan penonton yang datang, dari { $driver } lebih dulu sepuluh menit sampai penonton lebih dulu sepuluh menit
lags-caption = Mana yang lebih dulu: kaitan dalam perseratus, −100 sampai +100; menit di bawah nol berarti pendorong lebih dulu
around-burst = lonjakan
around-n = n = { $n }
around-label = Penonton dari 5 menit sebelum sampai 15 menit setelah { $n } lonjakan { $driver }; median di akhir { $change }
around-caption = Median perubahan penonton di sekitar lonjakan, dalam menit dari lonjakan
minutes = Menit
moment-hit = Penonton berubah setelahnya
moments-all = semua { $n }
pooled-sessions = { $n ->
        [0] Belum bisa dinilai di sesi mana pun.
       *[other] Dinilai di { $n } sesi.
    }
pooled-spread = Antar sesi berbeda sekitar ±{ $n } penonton per lonjakan.
forest-caption = Tiap sesi: penonton per lonjakan dengan rentang wajarnya. Abu-abu: semuanya bersama.
forest-label = Penonton per lonjakan { $driver } di tiap { $n } sesi
forest-oldest = terlama
forest-newest = terbaru
sizes-caption = Penonton per lonjakan di tiap sesi, dengan rentang wajarnya
size-range = { $effect } ({ $low } sampai { $high })
by-chance = Kalau kebetulan
too-early = terlalu dini
outside-heading = Kenaikan dari luar room
outside-say = { $n ->
        [1] Penonton naik { $effect } tanpa ada yang tidak biasa di room sebelumnya. Mungkin dari FYP, share, atau PK.
       *[other] Penonton naik { $n } kali, paling besar { $effect }, tanpa ada yang tidak biasa di room sebelumnya. Mungkin dari FYP, share, atau PK.
    }
outside-none = Tidak ada kenaikan berarti yang tidak terjelaskan oleh isi room.
outside-viewers = { $from } ke { $to }
outside-then = Lalu
outside-stayed = bertahan
outside-gone = hilang setelah { $n } mnt
tried-heading = Yang kamu coba
tried-none = Belum ada momen yang ditandai pada hari-hari ini. Tandai di halaman live (M) saat mencoba sesuatu.
tried-caption = Rata-rata penonton 5 menit sebelum dan sesudah momen yang ditandai, { $days } hari; tiap kolom adalah median dari semuanya. Kalau kebetulan: hal yang sama pada waktu lain di sesi itu; p adalah seberapa sering selisihnya sejauh itu.
tried-marked = Ditandai
tried-times = Kali
tried-before = Sebelum
tried-after = Sesudah
lift-known = { $known } dari { $of }
tiers-heading = Gift menurut tingkat
tiers-caption = Penonton 5 menit setelah gift dibanding 5 menit sebelumnya. Tingkatnya dari semua gift dalam sepuluh detik; gift dalam 5 menit dihitung satu kejadian.
tiers-times = Kejadian
tiers-rise = Lalu
trend-heading = Tingkat keyakinan { $n } sesi terakhir
trial-name = Uji coba
trial-heading = Coba dengan benar
trial-intro = Yang mendahului kenaikan belum tentu yang mendatangkannya. Undian yang menentukan kapan kamu meminta bisa menjawabnya.
trial-prompt = Minta penonton memberi
trial-window = Amati penonton selama
trial-window-min = { $n } menit
trial-slots = Jumlah giliran
trial-slots-n = { $n } giliran
trial-start = Mulai uji coba
trial-length = Separuh giliran meminta, separuh tidak; undian yang menentukan, dan halaman live memberitahumu. Dengan jedanya, satu giliran butuh sekitar dua kali menitnya: 24 giliran 5 menit butuh sekitar 4 jam LIVE, boleh dibagi ke beberapa hari. Setelah mulai tidak ada yang bisa diubah, dan tidak ada hasil sebelum selesai.
trial-described = Meminta { $driver }: { $slots } giliran, masing-masing { $min } menit
trial-seen = { $seen } dari { $of } giliran sejauh ini, sejak { $day }. Tidak ada hasil sebelum selesai.
trial-running-do = Biarkan halaman live terbuka selama LIVE: giliran hanya dihitung kalau pengingatnya dilihat. Pada giliran tanpa permintaan, lanjutkan seperti biasa.
trial-stop = Hentikan uji coba
trial-stop-question = Uji coba yang dihentikan tidak punya hasil dan tetap ada di daftar. Hentikan?
trial-stop-yes = Hentikan, tanpa hasil
trial-ask = Sekarang: minta { $driver }.
trial-carry-on = Lanjutkan seperti biasa; jangan minta apa-apa.
trial-wait = Uji coba meminta { $driver }: giliran berikutnya mulai { $time }.
trial-next-live = Uji coba dilanjutkan di LIVE berikutnya.
trial-over = Uji coba selesai. Lihat hasilnya.
trial-slot = Giliran { $n } dari { $of }.
trial-abandoned = Dihentikan setelah { $seen } dari { $of } giliran. Uji coba yang dihentikan tidak punya hasil.
trial-nothing = Tidak ada pasangan giliran yang bisa dinilai: koneksi atau angka penonton terputus, atau pengingatnya tidak dilihat.
trial-up = Giliran yang meminta { $driver } berakhir dengan { $effect } penonton lebih banyak daripada giliran yang tidak.
trial-down = Giliran yang meminta { $driver } berakhir dengan penonton lebih sedikit daripada giliran yang tidak: { $effect }.
trial-none = Meminta { $driver } tidak membuat beda yang melebihi kebetulan: { $effect } penonton.
trial-range = Rentang wajar { $low } sampai { $high } penonton.
trial-no-range = Pasangannya terlalu sedikit untuk menyebut rentang.
trial-chance = Kebetulan saja memberi beda sebesar itu di { $p } undian.
trial-asked-more = Giliran yang meminta mendapat { $more } { $driver } dibanding yang lain (kebetulan: { $p } undian).
trial-asked-same = Pada giliran yang meminta, { $driver } tidak bertambah melebihi kebetulan: ini menunjukkan akibat meminta, bukan akibat { $driver }.
trial-pairs = { $n } pasang giliran dihitung, { $out } tidak. Undian yang menentukan kapan meminta, jadi yang membedakan keduanya hanya permintaan dan kebetulan.
trial-seed = Bibit undian: { $seed }
trial-pairs-caption = Tiap pasang: perubahan penonton, dan banyaknya yang diminta
trial-pair = Pasang
trial-viewers-asked = Penonton, diminta
trial-viewers-usual = Penonton, biasa
trial-units-asked = Jumlah, diminta
trial-units-usual = Jumlah, biasa
method-heading = Cara kami menghitungnya
method-1 = Sesi dibagi menjadi langkah 5 detik. Dari tiap jenis aktivitas kami kurangi apa yang memang wajar dari orang yang ada di room dan yang baru masuk, karena makin banyak penonton makin banyak semuanya. Yang tersisa adalah kejutan.
method-2 = Lalu kami lihat penonton yang datang setelah dan sebelum kejutan. Kenaikan sungguhan hanya terlihat setelahnya. Dorongan platform, raid, atau jeda terlihat di kedua sisi, jadi saling menghapus.
method-3 = Kelima pendorong dinilai bersama, supaya yang sekadar menyertai tidak ikut mendapat nilai. Kemampuan kebetulan diukur dengan menggeser sesi terhadap dirinya sendiri: "kalau kebetulan" adalah yang akan ditemui lonjakan yang sama pada waktu lain.
method-4 = Kuat berarti, dengan lima pendorong yang dilihat, kebetulan memberi sebanyak itu paling sering di 2 dari 1.000 sesi, dan cukup kuat di 2 dari 100; kaitan lemah bukan jawaban. Satu pendorong butuh 15 menit dan cukup banyak kejadian. Waktu tanpa koneksi atau angka penonton tidak dihitung, dan tidak ada yang dibandingkan melewatinya.
method-5 = Untuk beberapa sesi, tiap sesi dinilai sendiri lalu hasilnya dirata-rata, dengan bobot lebih untuk yang lebih pasti. Sesi tidak pernah dicampur begitu saja, karena malam yang ramai punya lebih banyak semuanya.
method-6 = Tidak ada cara seperti ini yang bisa melihat apa yang tidak berubah, misalnya aliran like yang tetap, atau membedakan lelucon yang membuat orang berkomentar dan membagikan dari komentarnya sendiri. Hanya uji coba yang bisa: di sana undian, dan tidak ada yang lain, menentukan kapan kamu meminta.

# The numbers of the charts as a file.
csv-chart = Grafik
csv-lag = Kaitan, di bawah 0 aktivitas lebih dulu
csv-around = Penonton di sekitar lonjakan, median perubahan
csv-chance = Kaitan yang dicapai kebetulan
csv-estimate = Penonton per lonjakan
csv-low = Rentang wajar dari
csv-high = Rentang wajar sampai
csv-day = Hari
