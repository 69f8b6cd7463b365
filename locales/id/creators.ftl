# Siapa yang dipantau.

creators-intro = Siapa yang dipantau Pasut, otomatis, siang dan malam. Angkanya dari LIVE yang sedang berjalan.
watch = Pantau
no-creators = Belum ada yang dipantau.
no-creators-do = Ketik nama pengguna TikTok di atas.
state = Status
half-hour = 30 mnt terakhir
actions = Tindakan
remove = Berhenti memantau
remove-question = Berhenti memantau @{ $u }? Sesi yang terekam tetap ada.
