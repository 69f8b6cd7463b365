# Masuk dan keluar.

login-heading = Masuk
login-intro = Untuk melihat Pasut ini, pakai nama dan kata sandi dari pemiliknya.
login-name = Nama
login-password = Kata sandi
login-do = Masuk
login-wrong = Nama dan kata sandi tidak cocok. Periksa keduanya lalu coba lagi.
login-wait = Terlalu sering salah kata sandi. Tunggu { $dur }, lalu coba lagi.
login-crowded = Terlalu banyak yang sedang masuk. Coba lagi beberapa detik lagi.
login-forgotten = Lupa? Di komputer tempat Pasut berjalan, pasut user password NAMA membuat yang baru.
log-out = Keluar
