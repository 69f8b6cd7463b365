# Masuk dan keluar.

login-heading = Masuk
login-intro = Untuk melihat Pasut ini, pakai nama dan kata sandi dari pemiliknya.
login-name = Nama
login-password = Kata sandi
login-do = Masuk
login-wrong = Nama dan kata sandi tidak cocok. Periksa keduanya lalu coba lagi.
login-wait = Terlalu sering salah kata sandi. Tunggu { $dur }, lalu coba lagi.
login-crowded = Terlalu banyak yang sedang masuk. Coba lagi beberapa detik lagi.
login-forgotten = Lupa? Yang memakai komputer tempat Pasut berjalan bisa membuat yang baru di terminal:
log-out = Keluar
