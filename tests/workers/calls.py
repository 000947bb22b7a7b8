"""System calls by their numbers, as an attacker makes them."""

from __future__ import annotations

import ctypes
import platform

COLUMN = {"x86_64": 1, "aarch64": 2}.get(platform.machine(), 0)
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long

NUMBERS = """
open                       2     -
openat                   257    56
openat2                  437   437
creat                     85     -
stat                       4     -
lstat                      6     -
newfstatat               262    79
statx                    332   291
access                    21     -
faccessat                269    48
faccessat2               439   439
readlink                  89     -
readlinkat               267    78
getcwd                    79    17
getdents64               217    61
statfs                   137    43
fstatfs                  138    44
unlink                    87     -
unlinkat                 263    35
rename                    82     -
renameat                 264    38
renameat2                316   276
mkdir                     83     -
mkdirat                  258    34
rmdir                     84     -
link                      86     -
linkat                   265    37
symlink                   88     -
symlinkat                266    36
mknod                    133     -
mknodat                  259    33
chmod                     90     -
fchmod                    91    52
fchmodat                 268    53
chown                     92     -
fchown                    93    55
lchown                    94     -
fchownat                 260    54
truncate                  76    45
ftruncate                 77    46
fallocate                285    47
utimensat                280    88
setxattr                 188     5
fsetxattr                190     7
chdir                     80    49
fchdir                    81    50
chroot                   161    51
mount                    165    40
umount2                  166    39
pivot_root               155    41
open_tree                428   428
move_mount               429   429
fsopen                   430   430
fsmount                  432   432
mount_setattr            442   442
name_to_handle_at        303   264
open_by_handle_at        304   265
inotify_init1            294    26
fanotify_init            300   262
socket                    41   198
socketpair                53   199
connect                   42   203
bind                      49   200
listen                    50   201
accept                    43   202
accept4                  288   242
getsockname               51   204
setsockopt                54   208
getsockopt                55   209
shutdown                  48   210
sendto                    44   206
recvfrom                  45   207
sendmsg                   46   211
recvmsg                   47   212
sendmmsg                 307   269
recvmmsg                 299   243
sendfile                  40    71
splice                   275    76
tee                      276    77
vmsplice                 278    75
copy_file_range          326   285
dup                       32    23
dup2                      33     -
dup3                     292    24
fcntl                     72    25
pipe                      22     -
pipe2                    293    59
eventfd2                 290    19
signalfd4                289    74
timerfd_create           283    85
epoll_create1            291    20
memfd_create             319   279
memfd_secret             447   447
ioctl                     16    29
pwrite64                  18    68
writev                    20    66
io_uring_setup           425   425
io_uring_enter           426   426
io_uring_register        427   427
io_setup                 206     0
bpf                      321   280
perf_event_open          298   241
userfaultfd              323   282
keyctl                   250   219
add_key                  248   217
request_key              249   218
shmget                    29   194
shmat                     30   196
shmctl                    31   195
msgget                    68   186
msgsnd                    69   189
semget                    64   190
semop                     65   193
mq_open                  240   180
mq_unlink                241   181
ptrace                   101   117
process_vm_readv         310   270
process_vm_writev        311   271
process_madvise          440   440
kcmp                     312   272
pidfd_open               434   434
pidfd_getfd              438   438
pidfd_send_signal        424   424
kill                      62   129
tkill                    200   130
tgkill                   234   131
rt_sigqueueinfo          129   138
rt_tgsigqueueinfo        297   240
setitimer                 38   103
alarm                     37     -
timer_create             222   107
timer_settime            223   110
pause                     34     -
clone                     56   220
clone3                   435   435
fork                      57     -
vfork                     58     -
execve                    59   221
execveat                 322   281
wait4                     61   260
waitid                   247    95
getppid                  110   173
getpgid                  121   155
setsid                   112   157
setpgid                  109   154
prctl                    157   167
seccomp                  317   277
arch_prctl               158     -
capset                   126    91
setuid                   105   146
setgid                   106   144
setreuid                 113   145
setresuid                117   147
setresgid                119   149
setgroups                116   159
setfsuid                 122   151
personality              135    92
unshare                  272    97
setns                    308   268
setrlimit                160   164
prlimit64                302   261
setpriority              141   140
sched_setaffinity        203   122
sched_getaffinity        204   123
sched_setscheduler       144   119
ioprio_set               251    30
futex                    202    98
clock_gettime            228   113
clock_settime            227   112
settimeofday             164   170
mlock                    149   228
mlock2                   325   284
mlockall                 151   230
membarrier               324   283
remap_file_pages         216   234
pkey_alloc               330   289
pkey_mprotect            329   288
modify_ldt               154     -
ioperm                   173     -
iopl                     172     -
init_module              175   105
finit_module             313   273
delete_module            176   106
kexec_load               246   104
reboot                   169   142
swapon                   167   224
swapoff                  168   225
syslog                   103   116
quotactl                 179    60
acct                     163    89
sethostname              170   161
vhangup                  153    58
uname                     63   160
sysinfo                   99   179
landlock_create_ruleset  444   444
"""
"""System calls that nobody needs here, with their numbers on x86-64 and on aarch64; and those that only some need."""


def number(name: str) -> int | None:
    """The number of a call on this machine, None where it has none."""
    row = next(row for line in NUMBERS.splitlines() if (row := line.split()) and row[0] == name)
    return int(row[COLUMN]) if COLUMN and row[COLUMN] != "-" else None


def call(name: str, words: tuple[int, ...] = (0,) * 6) -> int:
    """Makes a system call; raises OSError."""
    found = number(name)
    assert found is not None
    result = LIBC.syscall(ctypes.c_long(found), *map(ctypes.c_long, words))
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result
