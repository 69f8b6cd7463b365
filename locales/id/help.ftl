# Bantuan.

help-numbers = Arti setiap angka
help-viewers-now = Angka terakhir dari TikTok. Umurnya ditampilkan bila lebih dari 30 detik.
help-average = Berbobot waktu, selama menit saat tersambung.
help-peak = Angka tertinggi, dengan waktunya.
help-likes = Pertumbuhan penghitung room selama direkam. TikTok hanya mengirim sebagian like satu per satu; itu tertulis sebagai terlihat.
help-diamonds = Yang diterima kreator. Gift untuk tamu ditulis terpisah. ≈ berarti ada nilai yang tidak disebut TikTok, melainkan dari sesi lain, daftar, atau perkiraan.
help-recorded = Waktu tersambung dibagi waktu sesi. Bagian yang hilang diarsir, tidak pernah diisi.
help-ever-entered = Berapa orang pernah masuk, menurut TikTok.
help-activity-score = Seberapa ramai sebuah interval, 1 berarti biasa untuk kreator ini. Hanya gambaran.
help-coins = Diamond dan koin
help-coins-text = Penonton membeli koin untuk gift; kreator mendapat diamond. Satu koin biasanya satu diamond di angka ini, tetapi bayaran TikTok per diamond berbeda menurut negara dan kontrak. Pasut menghitung diamond. Nilai uang di sampingnya adalah perkiraan dengan kurs yang kamu ketik di Setelan, Uang; itu bukan pendapatanmu.
help-differ = Kenapa angka berbeda dari TikTok
help-differ-text = Pasut menghitung yang diterimanya. Yang terjadi sebelum tersambung atau saat celah tidak ada dan ditandai. TikTok juga mengoreksi sebagian angka setelah LIVE.
help-keys = Pintasan
key-mark = Tandai momen
key-window = Di grafik: mulai rentang, lalu akhiri
key-interval = Di grafik: lima menit sebelum atau sesudahnya, atau selama rentang yang dipilih
help-keys-on = Tombol tunggal aktif
key-pause = Jeda pembaruan
key-search = Ke kolom isian
key-help = Daftar ini
key-samples = Menyusuri grafik saat terfokus
help-privacy = Privasi
help-privacy-text = Semua disimpan di komputer ini dan tidak dikirim ke mana pun selain TikTok, kecuali kamu menyalakan layanan tanda tangan atau proxy. Pasut membaca yang bisa dilihat setiap penonton dan tidak pernah perlu kata sandimu. Tidak berafiliasi dengan TikTok.
help-stop = Cara berhenti
help-stop-text = Tekan Ctrl+C di jendela tempat Pasut berjalan. Sisa data ditulis dulu. Rekaman dilanjutkan saat kamu menjalankannya lagi.
