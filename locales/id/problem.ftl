# Saat halaman tidak bisa ditampilkan.

problem-not-found = Halaman ini tidak ada
problem-not-found-do = Tidak ada yang hilang. Alamatnya mungkin salah ketik, atau sesinya sudah dihapus.
problem-invalid = Itu tidak bisa dimengerti
problem-invalid-do = Tidak ada yang berubah. Kembali, cek isianmu, lalu coba lagi.
problem-foreign = Ini tidak datang dari halaman Pasut sendiri
problem-foreign-do = Tidak ada yang berubah. Kalau ini kamu, buka Pasut dan lakukan di sana.
problem-busy = Database sedang sibuk
problem-busy-do = Rekaman tetap jalan dan tidak ada yang hilang. Coba lagi sebentar.
problem-failed = Halaman ini tidak bisa dibuat
problem-failed-do = Rekaman tetap jalan dan tidak ada yang hilang. Coba lagi; kalau tetap begini, log Pasut menjelaskan sebabnya.
problem-refused = Untuk sementara hanya komputer ini yang boleh melihat
problem-refused-do = Pasut belum punya pemilik, jadi hanya menjawab dari komputer tempatnya berjalan. Buka Pasut di peramban komputer itu.
problem-no-right = Ini perlu izin pemilik.
problem-no-right-do = Minta kepada pemilik Pasut ini.
problem-old-link = Tautan ini sudah tidak berlaku
problem-old-link-do = Masa berlakunya habis atau tautannya dicabut. Minta yang baru kepada pengirimnya.
problem-other-name = Pasut tidak menjawab nama ini
problem-other-name-do = Halaman lain tidak bisa menjangkau Pasut dengan memakai nama lain. Buka di alamat Pasut sendiri.
to-live = Ke halaman live
