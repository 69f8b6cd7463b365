# Daftar sesi.

sessions-intro = Semua rekaman, terbaru di atas. Sesi masuk ke hari saat dimulai.
sessions-caption = Sesi, terbaru di atas
all-creators = Semua kreator
start-time = Mulai
live-now = sedang live
continues = Lanjutan dari
newer = Lebih baru
older = Lebih lama
pages = Halaman
no-sessions = Belum ada sesi.
no-sessions-do = Sesi pertama muncul saat kamu live.
no-match = Tidak ada yang cocok.
clear-filters = Hapus filter
