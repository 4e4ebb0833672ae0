package io.overlaybd.service;

import io.overlaybd.core.LayerIdentity;
import io.overlaybd.core.LayerWriter;
import io.overlaybd.io.BlobSink;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.FileSink;
import io.overlaybd.io.tar.TarSink;
import io.overlaybd.zfile.ZFileOptions;
import io.overlaybd.zfile.ZFileWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes layers and configs for tests, and reads devices back. */
final class LayerFiles {

    /** How a layer is wrapped. */
    enum Wrapping {
        PLAIN,
        ZFILE,
        TAR,
        TAR_ZFILE;

        private BlobSink around(BlobSink file) throws IOException {
            BlobSink outer = this == TAR || this == TAR_ZFILE ? new TarSink(file) : file;
            return this == ZFILE || this == TAR_ZFILE ? ZFileWriter.create(outer, ZFileOptions.DEFAULT) : outer;
        }
    }

    private LayerFiles() {}

    /** A layer of one piece of data at a sector, all its bytes the same, on a device of so many sectors. */
    static Path write(Path path, Wrapping wrapping, int deviceSectors, int atSector, int sectors, int value)
            throws IOException {
        byte[] data = new byte[sectors * BlockDevice.SECTOR_BYTES];
        Arrays.fill(data, (byte) value);
        return write(path, wrapping, deviceSectors, atSector, data);
    }

    /** A layer of these bytes at a sector, on a device of so many sectors. */
    static Path write(Path path, Wrapping wrapping, int deviceSectors, int atSector, byte[] data) throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        LayerIdentity identity = LayerIdentity.ofSize((long) deviceSectors * BlockDevice.SECTOR_BYTES);
        try (FileSink file = FileSink.create(path, FileSink.Existing.REFUSE);
                BlobSink sink = wrapping.around(file);
                LayerWriter writer = LayerWriter.create(sink, identity)) {
            writer.data(atSector, ByteBuffer.wrap(data));
            writer.finish();
        }
        return path;
    }

    /** A config whose lowers are these files. */
    static Path config(Path path, Path... layers) throws IOException {
        return Files.writeString(
                path,
                Stream.of(layers)
                        .map(layer -> "{\"file\":\"" + layer + "\"}")
                        .collect(Collectors.joining(",", "{\"lowers\":[", "]}")));
    }

    /** All bytes of a small device. */
    static byte[] bytes(BlockDevice device) throws IOException {
        byte[] bytes = new byte[(int) device.sizeBytes()];
        device.read(0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** The checksum over all bytes of a device. */
    static String sha256(BlockDevice device) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20);
            for (long at = 0; at < device.sizeBytes(); at += piece.limit()) {
                piece.clear().limit((int) Math.min(piece.capacity(), device.sizeBytes() - at));
                device.read(at, piece);
                digest.update(piece.flip());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
