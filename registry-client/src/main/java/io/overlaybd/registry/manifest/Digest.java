package io.overlaybd.registry.manifest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.overlaybd.io.BlobSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a blob or manifest: {@code sha256:<64 hex>} or {@code sha512:<128 hex>}, in lower case. Immutable.
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex the sum
 */
public record Digest(String algorithm, String hex) {

    private static final Pattern FORM = Pattern.compile("(sha256):([0-9a-f]{64})|(sha512):([0-9a-f]{128})");
    private static final Digest SHA256 = new Digest("sha256", "0".repeat(64));
    private static final int PIECE_BYTES = 64 * 1024;

    /** Checks the form. */
    public Digest {
        if (!FORM.matcher(algorithm + ":" + hex).matches()) {
            throw new IllegalArgumentException("not a digest of a known kind: " + algorithm);
        }
    }

    /**
     * Reads a digest.
     *
     * @throws IllegalArgumentException if it is not one
     */
    @JsonCreator
    public static Digest parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("expected sha256:<64 hex> or sha512:<128 hex>, found "
                    + text.substring(0, Math.min(text.length(), 140)));
        }
        return form.group(1) != null
                ? new Digest(form.group(1), form.group(2))
                : new Digest(form.group(3), form.group(4));
    }

    /** The sha256 of some bytes. */
    public static Digest of(byte[] bytes) {
        return SHA256.withSum(SHA256.hasher().digest(bytes));
    }

    /** The sha256 of all that a source holds. */
    public static Digest of(BlobSource source) throws IOException {
        MessageDigest hasher = SHA256.hasher();
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        for (long at = 0; at < source.sizeBytes(); at += piece.limit()) {
            piece.clear().limit((int) Math.min(PIECE_BYTES, source.sizeBytes() - at));
            source.readFully(at, piece);
            hasher.update(piece.flip());
        }
        return SHA256.withSum(hasher.digest());
    }

    /** Begins to compute a digest of the same kind. */
    public MessageDigest hasher() {
        try {
            return MessageDigest.getInstance(algorithm.equals("sha512") ? "SHA-512" : "SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether {@code sum} is this one. */
    public boolean isSum(byte[] sum) {
        return HexFormat.of().formatHex(sum).equals(hex);
    }

    /** Another digest of the same kind. */
    public Digest withSum(byte[] sum) {
        return new Digest(algorithm, HexFormat.of().formatHex(sum));
    }

    @Override
    @JsonValue
    public String toString() {
        return algorithm + ":" + hex;
    }
}
