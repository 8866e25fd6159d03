// The clock and the disk of a process under test, as the test wants them: preloaded (LD_PRELOAD), it stands before the
// C library's functions that the process calls for either. See interposer.rs.
//
// Interposed: what Rust's standard library calls for SystemTime (clock_gettime) and for files (read, write and their
// kin, fsync, fdatasync). Monotonic clocks stay as they are: no jump of the wall clock moves them either. Sockets and
// pipes are never delayed.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// The file that SLUICE_INTERPOSER names; the test writes it.
struct control {
    int64_t clock_ahead_ns;
    int64_t file_delay_ns;
};

static const struct control calm = {0, 0};
static const struct control *control = &calm;

__attribute__((constructor)) static void attach(void) {
    const char *path = getenv("SLUICE_INTERPOSER");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *control, PROT_READ, MAP_SHARED, file, 0);
    if (page == MAP_FAILED)
        abort(); // A test without its faults would pass for nothing.
    close(file);
    control = page;
}

static int64_t current(const int64_t *value) { return __atomic_load_n(value, __ATOMIC_RELAXED); }

// The next definition of a function: the C library's.
#define NEXT(name)                                                                                                     \
    static __typeof__(&name) next;                                                                                     \
    __typeof__(&name) found = __atomic_load_n(&next, __ATOMIC_RELAXED);                                                \
    if (!found) {                                                                                                      \
        found = (__typeof__(&name))dlsym(RTLD_NEXT, #name);                                                            \
        __atomic_store_n(&next, found, __ATOMIC_RELAXED);                                                              \
    }

int clock_gettime(clockid_t clock, struct timespec *time) {
    NEXT(clock_gettime)
    int result = found(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t ns = time->tv_sec * 1000000000LL + time->tv_nsec + current(&control->clock_ahead_ns);
        time->tv_sec = ns / 1000000000LL;
        time->tv_nsec = ns % 1000000000LL;
    }
    return result;
}

static void wait_for_disk(int file) {
    int64_t ns = current(&control->file_delay_ns);
    struct stat about;
    if (ns == 0 || fstat(file, &about) != 0 || !S_ISREG(about.st_mode))
        return;
    struct timespec delay = {ns / 1000000000LL, ns % 1000000000LL};
    while (nanosleep(&delay, &delay) != 0) {
    }
}

#define DELAYED(type, name, parameters, arguments)                                                                     \
    type name parameters {                                                                                             \
        NEXT(name)                                                                                                     \
        wait_for_disk(file);                                                                                           \
        return found arguments;                                                                                        \
    }

DELAYED(ssize_t, read, (int file, void *to, size_t size), (file, to, size))
DELAYED(ssize_t, pread64, (int file, void *to, size_t size, off64_t at), (file, to, size, at))
DELAYED(ssize_t, write, (int file, const void *from, size_t size), (file, from, size))
DELAYED(ssize_t, pwrite64, (int file, const void *from, size_t size, off64_t at), (file, from, size, at))
DELAYED(ssize_t, writev, (int file, const struct iovec *from, int count), (file, from, count))
DELAYED(int, fsync, (int file), (file))
DELAYED(int, fdatasync, (int file), (file))
