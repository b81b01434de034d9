/* SPDX-License-Identifier: MIT */
/* A disk for tests: see killing_disk.h. Without shared memory: the store locks its file anyway. */
#include "killing_disk.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

typedef struct DiskFile {
        sqlite3_file base;
        sqlite3_file *real; /* lies behind this */
} DiskFile;

static sqlite3_vfs *real_disk;
static unsigned steps, kill_at;
static unsigned dirty; /* writes since the last sync */

void killing_disk_kill_at(unsigned step)
{
        steps = 0;
        kill_at = step;
}

void killing_disk_step(void)
{
        if (++steps == kill_at)
                (void)kill(getpid(), SIGKILL);
}

bool killing_disk_is_dirty(void)
{
        return dirty > 0;
}

#define REAL(file)              (((DiskFile *)(file))->real)
#define CALL(file, method, ...) REAL(file)->pMethods->method(REAL(file), ##__VA_ARGS__)

static int disk_close(sqlite3_file *file)
{
        return CALL(file, xClose);
}

static int disk_read(sqlite3_file *file, void *data, int size, sqlite3_int64 offset)
{
        return CALL(file, xRead, data, size, offset);
}

static int disk_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
        killing_disk_step();
        dirty++;
        return CALL(file, xWrite, data, size, offset);
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
        killing_disk_step();
        return CALL(file, xTruncate, size);
}

static int disk_sync(sqlite3_file *file, int flags)
{
        killing_disk_step();
        dirty = 0;
        return CALL(file, xSync, flags);
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
        return CALL(file, xFileSize, ret_size);
}

static int disk_lock(sqlite3_file *file, int lock)
{
        return CALL(file, xLock, lock);
}

static int disk_unlock(sqlite3_file *file, int lock)
{
        return CALL(file, xUnlock, lock);
}

static int disk_check_lock(sqlite3_file *file, int *ret_locked)
{
        return CALL(file, xCheckReservedLock, ret_locked);
}

static int disk_control(sqlite3_file *file, int operation, void *argument)
{
        return CALL(file, xFileControl, operation, argument);
}

static int disk_sector(sqlite3_file *file)
{
        return CALL(file, xSectorSize);
}

static int disk_traits(sqlite3_file *file)
{
        return CALL(file, xDeviceCharacteristics);
}

static const sqlite3_io_methods METHODS = {
        .iVersion = 1,
        .xClose = disk_close,
        .xRead = disk_read,
        .xWrite = disk_write,
        .xTruncate = disk_truncate,
        .xSync = disk_sync,
        .xFileSize = disk_size,
        .xLock = disk_lock,
        .xUnlock = disk_unlock,
        .xCheckReservedLock = disk_check_lock,
        .xFileControl = disk_control,
        .xSectorSize = disk_sector,
        .xDeviceCharacteristics = disk_traits,
};

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *ret_flags)
{
        DiskFile *disk_file = (DiskFile *)file;
        disk_file->real = (sqlite3_file *)(disk_file + 1);
        int result = real_disk->xOpen(real_disk, name, disk_file->real, flags, ret_flags);
        disk_file->base.pMethods = result == SQLITE_OK ? &METHODS : NULL;
        return result;
}

void killing_disk_install(void)
{
        static sqlite3_vfs disk;
        if (real_disk)
                return;
        assert_int_equal(sqlite3_initialize(), SQLITE_OK);
        real_disk = sqlite3_vfs_find(NULL);
        assert_non_null(real_disk);
        disk = *real_disk;
        disk.zName = "killing";
        disk.szOsFile = real_disk->szOsFile + (int)sizeof(DiskFile);
        disk.xOpen = disk_open;
        assert_int_equal(sqlite3_vfs_register(&disk, 1), SQLITE_OK);
}
