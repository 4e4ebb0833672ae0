package io.overlaybd.kerneltests;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a log as the kernel does. */
final class LogBuilder {

    static final int SECTOR_BYTES = 512;

    private final ByteBuffer log = ByteBuffer.allocate(64 * SECTOR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long entries;

    LogBuilder() {
        log.position(SECTOR_BYTES);
    }

    /** One sector that consists of a letter. */
    LogBuilder write(int sector, char letter, int flags) {
        entry(sector, 1, flags, 0);
        for (int index = 0; index < SECTOR_BYTES; index++) {
            log.put((byte) letter);
        }
        return this;
    }

    LogBuilder flush() {
        return entry(0, 0, WriteLog.FLUSH, 0);
    }

    LogBuilder discard(int sector) {
        return entry(sector, 1, WriteLog.DISCARD, 0);
    }

    LogBuilder mark(String text) {
        entry(0, 0, WriteLog.MARK, text.length());
        log.put(
                log.position() - SECTOR_BYTES + WriteLog.ENTRY_BYTES,
                text.getBytes(StandardCharsets.US_ASCII),
                0,
                text.length());
        return this;
    }

    LogBuilder entry(long sector, long sectors, int flags, long textBytes) {
        int at = log.position();
        log.putLong(sector).putLong(sectors).putLong(flags).putLong(textBytes);
        log.position(at + SECTOR_BYTES);
        entries++;
        return this;
    }

    Path save(Path file) throws IOException {
        log.putLong(0, WriteLog.MAGIC)
                .putLong(8, WriteLog.VERSION)
                .putLong(16, entries)
                .putInt(24, SECTOR_BYTES);
        byte[] bytes = new byte[log.position()];
        log.get(0, bytes);
        return Files.write(file, bytes);
    }
}
