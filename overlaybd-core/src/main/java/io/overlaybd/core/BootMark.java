package io.overlaybd.core;

import io.overlaybd.core.format.LayerHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/**
 * Says, in the padding of an index file's header, in which boot of the kernel the file has provisional records:
 *
 * <pre>
 *  offset size field
 *     512   16 magic   "overlaybd boot 1"
 *     528   36 boot    what /proc/sys/kernel/random/boot_id said
 *     564  460 zeros
 * </pre>
 *
 * In that boot whatever was written stands in the kernel's cache, though the process may have ended. In another one the power may
 * have been lost, and what was not synced with it. The mark is synced before the first provisional record comes, and
 * goes when the file is closed. The original does not look at the padding.
 */
final class BootMark {

    /** Whose mark a file has. */
    enum Found {
        NONE,
        OF_THIS_BOOT,
        OF_ANOTHER_BOOT
    }

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final byte[] MAGIC = "overlaybd boot 1".getBytes(StandardCharsets.US_ASCII);
    private static final int OFFSET = 512;
    private static final int BYTES = 512;
    private static final int BOOT_BYTES = 36;
    private static final byte[] OF_THIS_BOOT = ofThisBoot();

    static {
        if (OFFSET + BYTES > LayerHeader.BYTES) {
            throw new ExceptionInInitializerError("the mark lies outside of the header");
        }
    }

    private BootMark() {}

    /** Where the kernel does not tell, no two openings are of the same boot. */
    private static byte[] ofThisBoot() {
        String boot;
        try {
            boot = Files.readString(BOOT).strip();
        } catch (IOException unknown) {
            boot = UUID.randomUUID().toString();
        }
        byte[] mark = Arrays.copyOf(MAGIC, BYTES);
        byte[] text = boot.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, mark, MAGIC.length, Math.min(text.length, BOOT_BYTES));
        return mark;
    }

    static Found find(LayerFile file) throws IOException {
        byte[] found = new byte[MAGIC.length + BOOT_BYTES];
        file.readFully(OFFSET, ByteBuffer.wrap(found));
        if (!Arrays.equals(MAGIC, Arrays.copyOf(found, MAGIC.length))) {
            return Found.NONE;
        }
        return Arrays.equals(Arrays.copyOf(OF_THIS_BOOT, found.length), found)
                ? Found.OF_THIS_BOOT
                : Found.OF_ANOTHER_BOOT;
    }

    /** Puts this boot's mark in place; whoever calls syncs. */
    static void set(LayerFile file) throws IOException {
        file.write(OFFSET, ByteBuffer.wrap(OF_THIS_BOOT));
    }

    static void clear(LayerFile file) throws IOException {
        file.write(OFFSET, ByteBuffer.allocate(BYTES));
    }
}
