// A disk and a clock that fail on demand, put under a process by LD_PRELOAD.
//
//   FAULTY_ROOT     the directory whose files are on this disk, as an absolute path
//   FAULTY_LOG      where every change to them is written down, in order, for power_cut.mjs; may be left out
//   FAULTY_CONTROL  a file of kControlBytes, read at each call, with two lines:
//                     ERRNO OPERATION PART   the operations (write, sync, open or any) on files whose path has
//                                            PART in it fail with ERRNO; 0 for none
//                     MS                     by how much the wall clock is off
//
// A record of the log, of which a sync's offset is the number of records there were when it began: u8 operation · u16 path length · u64 offset · u32 data length · path · data, little-endian.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { kControlBytes = 256, kFilesMax = 65536, kPathMax = 1024 };
enum Operation { kCreate = 1, kWrite, kTruncate, kSync, kUnlink, kRename, kMakeDirectory };

static const char* root;
static size_t root_length;
static int log_file = -1;
static const volatile char* control;
static char* paths[kFilesMax];
static uint64_t records = 0;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
  root = getenv("FAULTY_ROOT");
  root_length = root == NULL ? 0 : strlen(root);
  const char* log = getenv("FAULTY_LOG");
  if (log != NULL) log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const char* name = getenv("FAULTY_CONTROL");
  if (name == NULL) return;
  const int file = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC, 0);
  if (file < 0) return;
  void* mapped = mmap(NULL, kControlBytes, PROT_READ, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) control = mapped;
  syscall(SYS_close, file);
}

// Whether the control file wants this operation on this path to fail; errno is set then.
static int fails(const char* operation, const char* path) {
  if (control == NULL || path == NULL) return 0;
  char text[kControlBytes + 1];
  for (int i = 0; i < kControlBytes; ++i) text[i] = control[i];
  text[kControlBytes] = '\0';
  int code = 0;
  char wanted[16] = "";
  char part[128] = "";
  if (sscanf(text, "%d %15s %127s", &code, wanted, part) < 3 || code == 0) return 0;
  if (strcmp(wanted, "any") != 0 && strcmp(wanted, operation) != 0) return 0;
  if (strstr(path, part) == NULL) return 0;
  errno = code;
  return 1;
}

static int64_t clock_offset_ms(void) {
  if (control == NULL) return 0;
  char text[kControlBytes + 1];
  for (int i = 0; i < kControlBytes; ++i) text[i] = control[i];
  text[kControlBytes] = '\0';
  const char* line = strchr(text, '\n');
  return line == NULL ? 0 : strtoll(line + 1, NULL, 10);
}

// The path below the root, absolute; NULL for all others.
static const char* ours(const char* path, char* absolute) {
  if (root == NULL || path == NULL) return NULL;
  if (path[0] != '/') {
    if (getcwd(absolute, kPathMax) == NULL) return NULL;
    const size_t length = strlen(absolute);
    snprintf(absolute + length, kPathMax - length, "/%s", path);
  } else {
    snprintf(absolute, kPathMax, "%s", path);
  }
  return strncmp(absolute, root, root_length) == 0 ? absolute : NULL;
}

static void write_down(enum Operation operation, const char* path, uint64_t offset, const void* data, uint32_t size) {
  if (log_file < 0) return;
  const uint16_t path_size = (uint16_t)strlen(path);
  const size_t record_size = 15 + path_size + size;
  uint8_t* record = malloc(record_size);
  if (record == NULL) abort();
  record[0] = (uint8_t)operation;
  memcpy(record + 1, &path_size, 2);
  memcpy(record + 3, &offset, 8);
  memcpy(record + 11, &size, 4);
  memcpy(record + 15, path, path_size);
  if (size > 0) memcpy(record + 15 + path_size, data, size);
  if (syscall(SYS_write, log_file, record, record_size) != (ssize_t)record_size) abort();
  free(record);
  ++records;
}

static const char* path_of(int file) {
  return file >= 0 && file < kFilesMax ? paths[file] : NULL;
}

static int open_here(int folder, const char* path, int flags, mode_t mode) {
  char absolute[2 * kPathMax];
  const char* mine = folder == AT_FDCWD || path[0] == '/' ? ours(path, absolute) : NULL;
  if (mine != NULL && fails("open", mine)) return -1;
  pthread_mutex_lock(&lock);
  struct stat before;
  const int is_new = mine != NULL && (flags & O_CREAT) != 0 && stat(path, &before) != 0;
  const int file = (int)syscall(SYS_openat, folder, path, flags, mode);
  const int code = errno;
  if (mine != NULL && file >= 0 && file < kFilesMax) {
    free(paths[file]);
    paths[file] = strdup(mine);
    if (is_new) write_down(kCreate, mine, 0, NULL, 0);
    if ((flags & O_TRUNC) != 0 && !is_new) write_down(kTruncate, mine, 0, NULL, 0);
  }
  pthread_mutex_unlock(&lock);
  errno = code;
  return file;
}

static mode_t mode_of(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? (mode_t)va_arg(arguments, int) : 0;
}

#define OPEN(name)                                         \
  int name(const char* path, int flags, ...) {             \
    va_list arguments;                                     \
    va_start(arguments, flags);                            \
    const mode_t mode = mode_of(flags, arguments);         \
    va_end(arguments);                                     \
    return open_here(AT_FDCWD, path, flags, mode);         \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                       \
  int name(int folder, const char* path, int flags, ...) { \
    va_list arguments;                                     \
    va_start(arguments, flags);                            \
    const mode_t mode = mode_of(flags, arguments);         \
    va_end(arguments);                                     \
    return open_here(folder, path, flags, mode);           \
  }
OPENAT(openat)
OPENAT(openat64)

int close(int file) {
  pthread_mutex_lock(&lock);
  if (file >= 0 && file < kFilesMax) {
    free(paths[file]);
    paths[file] = NULL;
  }
  const int done = (int)syscall(SYS_close, file);
  pthread_mutex_unlock(&lock);
  return done;
}

static ssize_t write_at(int file, const void* data, size_t size, off_t offset) {
  const char* mine = path_of(file);
  if (mine != NULL && fails("write", mine)) return -1;
  if (mine == NULL) {
    return offset < 0 ? syscall(SYS_write, file, data, size) : syscall(SYS_pwrite64, file, data, size, offset);
  }
  pthread_mutex_lock(&lock);
  const off_t at = offset < 0 ? lseek(file, 0, SEEK_CUR) : offset;
  const ssize_t written =
      offset < 0 ? syscall(SYS_write, file, data, size) : syscall(SYS_pwrite64, file, data, size, offset);
  const int code = errno;
  if (written > 0) write_down(kWrite, mine, (uint64_t)at, data, (uint32_t)written);
  pthread_mutex_unlock(&lock);
  errno = code;
  return written;
}

ssize_t write(int file, const void* data, size_t size) { return write_at(file, data, size, -1); }
ssize_t pwrite(int file, const void* data, size_t size, off_t offset) { return write_at(file, data, size, offset); }
ssize_t pwrite64(int file, const void* data, size_t size, off_t offset) { return write_at(file, data, size, offset); }

static int truncate_at(int file, off_t size) {
  const char* mine = path_of(file);
  if (mine != NULL && fails("write", mine)) return -1;
  pthread_mutex_lock(&lock);
  const int done = (int)syscall(SYS_ftruncate, file, size);
  if (done == 0 && mine != NULL) write_down(kTruncate, mine, (uint64_t)size, NULL, 0);
  pthread_mutex_unlock(&lock);
  return done;
}
int ftruncate(int file, off_t size) { return truncate_at(file, size); }
int ftruncate64(int file, off_t size) { return truncate_at(file, size); }

static int sync_file(int file, long call) {
  const char* mine = path_of(file);
  if (mine != NULL && fails("sync", mine)) return -1;
  pthread_mutex_lock(&lock);
  const uint64_t begun_at = records;
  pthread_mutex_unlock(&lock);
  const int done = (int)syscall(call, file);
  if (done == 0 && mine != NULL) {
    pthread_mutex_lock(&lock);
    write_down(kSync, mine, begun_at, NULL, 0);
    pthread_mutex_unlock(&lock);
  }
  return done;
}
int fsync(int file) { return sync_file(file, SYS_fsync); }
int fdatasync(int file) { return sync_file(file, SYS_fdatasync); }

int unlink(const char* path) {
  char absolute[2 * kPathMax];
  const char* mine = ours(path, absolute);
  pthread_mutex_lock(&lock);
  const int done = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  if (done == 0 && mine != NULL) write_down(kUnlink, mine, 0, NULL, 0);
  pthread_mutex_unlock(&lock);
  return done;
}

int rename(const char* from, const char* to) {
  char absolute[2 * kPathMax];
  char target[2 * kPathMax];
  const char* mine = ours(from, absolute);
  const char* into = ours(to, target);
  pthread_mutex_lock(&lock);
  const int done = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (done == 0 && mine != NULL && into != NULL) write_down(kRename, mine, 0, into, (uint32_t)strlen(into));
  pthread_mutex_unlock(&lock);
  return done;
}

int mkdir(const char* path, mode_t mode) {
  char absolute[2 * kPathMax];
  const char* mine = ours(path, absolute);
  pthread_mutex_lock(&lock);
  const int done = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
  if (done == 0 && mine != NULL) write_down(kMakeDirectory, mine, 0, NULL, 0);
  pthread_mutex_unlock(&lock);
  return done;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  const int done = (int)syscall(SYS_clock_gettime, clock, now);
  if (done == 0 && clock == CLOCK_REALTIME) {
    const int64_t offset_ms = clock_offset_ms();
    now->tv_sec += offset_ms / 1000;
    now->tv_nsec += offset_ms % 1000 * 1000000;
    if (now->tv_nsec < 0) {
      now->tv_nsec += 1000000000;
      --now->tv_sec;
    } else if (now->tv_nsec >= 1000000000) {
      now->tv_nsec -= 1000000000;
      ++now->tv_sec;
    }
  }
  return done;
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
  (void)zone;
  struct timespec exact;
  if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return -1;
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* at) {
  struct timespec exact;
  if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return -1;
  if (at != NULL) *at = exact.tv_sec;
  return exact.tv_sec;
}
