package io.overlaybd.tools;

import io.overlaybd.core.LayerStack;
import io.overlaybd.core.OverlayDevice;
import io.overlaybd.core.SealedLayer;
import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The file systems that are told by their first bytes. What mounts an image needs to know its own: containerd's snapshotter takes
 * an image of which nothing is said for ext4.
 */
enum FileSystemType {
    /** Also ext2 and ext3, which the same driver mounts. */
    EXT4(1024 + 56, HexFormat.of().parseHex("53ef")),
    XFS(0, "XFSB".getBytes(StandardCharsets.US_ASCII)),
    EROFS(1024, HexFormat.of().parseHex("e2e1f5e0"));

    private static final int LOOKED_AT_BYTES = 2048;

    private final int offsetBytes;
    private final byte[] magic;

    FileSystemType(int offsetBytes, byte[] magic) {
        this.offsetBytes = offsetBytes;
        this.magic = magic;
    }

    /** Its name, as mount has it. */
    String mountName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** That on the device which these layers make, bottom first; empty if it is none of these. */
    static Optional<FileSystemType> of(List<Path> paths) throws IOException {
        List<SealedLayer> layers = new ArrayList<>();
        try {
            for (Path path : paths) {
                layers.add(InputFile.openLayer(path));
            }
            return on(new OverlayDevice("layers", LayerStack.of(layers)));
        } finally {
            for (SealedLayer layer : layers) {
                layer.close();
            }
        }
    }

    private static Optional<FileSystemType> on(BlockDevice device) throws IOException {
        ByteBuffer start = ByteBuffer.allocateDirect(LOOKED_AT_BYTES);
        start.limit((int) Math.min(device.sizeBytes(), LOOKED_AT_BYTES));
        device.read(0, start);
        return Arrays.stream(values()).filter(type -> type.isAt(start)).findFirst();
    }

    private boolean isAt(ByteBuffer start) {
        if (start.limit() < offsetBytes + magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if (start.get(offsetBytes + i) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
