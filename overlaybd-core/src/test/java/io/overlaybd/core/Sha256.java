package io.overlaybd.core;

import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Checksums of whole files and devices, in small memory. */
final class Sha256 {

    private static final int PIECE_BYTES = 1 << 20;

    private Sha256() {}

    static String ofFile(Path path) throws IOException {
        MessageDigest digest = digest();
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        try (FileChannel file = FileChannel.open(path)) {
            while (file.read(piece.clear()) >= 0) {
                digest.update(piece.flip());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String ofDevice(BlockDevice device) throws IOException {
        MessageDigest digest = digest();
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        for (long at = 0; at < device.sizeBytes(); at += piece.limit()) {
            piece.clear().limit((int) Math.min(PIECE_BYTES, device.sizeBytes() - at));
            device.read(at, piece);
            digest.update(piece.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
