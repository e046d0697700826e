# Files: why one is not taken, and what would be right.
file-empty = “{ $name }” is empty. Choose the file again.
file-too-big = “{ $name }” is too big: at most { $most }. Make the picture smaller, or scan with a lower resolution.
file-kind = “{ $name }” is of a kind that is not taken. Send { $kinds }; convert other formats (HEIC, Word) first: giving it another name is not enough.
file-damaged = “{ $name }” is damaged and cannot be read. Open it in the program it comes from and save it anew.
file-short = “{ $name }” is not whole: its end is missing. Download or scan it again.
file-pixels = “{ $name }” has too many points: at most { $side } a side, and about 44 million in all. Make it smaller.
file-too-much = “{ $name }” took too much memory or time to check and was not taken. Make it smaller, or save it anew.
file-encrypted = “{ $name }” is protected by a password or by permissions. Remove the protection, or print it to a new PDF.
file-active = “{ $name }” holds a program, a form or other files ({ $found }). Print it to a new PDF.
file-hidden = “{ $name }” has parts that cannot be checked. Print it to a new PDF.
file-appended = “{ $name }” has something after its end. Print it to a new PDF.
file-no-room = There is no room left for files, and “{ $name }” was not taken. Try again later, or tell the administrator.
file-not-now = Files cannot be kept at the moment, and “{ $name }” was not taken. Try again later.
