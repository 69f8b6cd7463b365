# Target, di halaman live dan di Setelan, Notifikasi.

alerts = Notifikasi
alerts-intro = Apa yang disampaikan saat LIVE, dan target yang ingin dicapai.
goals = Target
goals-none = Belum ada target.
goals-none-do = Pasang satu di bawah. Target tampil di halaman live dan dihitung selama LIVE berjalan.
goals-how = Target dihitung dari awal tiap LIVE sampai ada yang mencapainya. Diamond adalah yang diberikan kepada kreator; hanya pemilik yang melihat target diamond.
goal-kind = Yang dihitung
goal-target = Angka target
goal-title = Nama, kalau mau
goal-add = Pasang dan tampilkan
goal-keep-draft = Simpan sebagai draf
goal-show = Tampilkan
goal-again = Pasang lagi
goal-take-back = Tarik kembali
goal-viewers = Penonton bersamaan
goal-diamonds = Diamond
goal-reached = { $n } dari { $target }
goal-met = tercapai
goal-draft = Draf: tidak tampil ke siapa pun.
goal-active = Tampil, dan dihitung di LIVE berikutnya.
goal-active-now = Tampil: sejauh ini { $n } di LIVE yang berjalan.
goal-met-at = Tercapai { $time }.
goal-target-wrong = Ketik target dari 1 sampai { $most }. Tidak ada yang diubah.
goal-many = Sudah ada { $most } target. Hapus satu dulu; tidak ada yang diubah.
goal-many-active = Sudah { $most } target yang tampil. Tarik satu dulu; tidak ada yang diubah.
goal-gone = Target itu sudah tidak ada.
