# Pertama kali.

welcome = Selamat datang
welcome-heading = Lihat apa yang mendahului naik turunnya penontonmu
welcome-intro = Dua jawaban dan Pasut mulai memantau. Semuanya tetap di komputer ini.
welcome-language = Bahasa dan zona waktu
continue = Lanjut
change-it = Ubah
welcome-account = Akun TikTok yang mana?
no-password = Tidak perlu kata sandi.
start-watching = Mulai memantau
skip-for-now = Lewati dulu
welcome-watching = Memantau
welcome-watching-do = Mulai live dan halaman ini akan hidup.
welcome-live = Kamu sedang live. Angkanya mulai masuk.
open-live = Buka halaman live
just-looking = Cuma lihat-lihat?
just-looking-do = Data contoh berjalan terpisah, di folder sendiri, hilang saat ditutup:
