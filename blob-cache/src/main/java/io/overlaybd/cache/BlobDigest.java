package io.overlaybd.cache;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** The name of a blob, {@code sha256:} and 64 lower-case hex digits. Nothing else ever becomes a file name. */
record BlobDigest(String text) {

    static final int HASH_BYTES = 32;

    private static final String PREFIX = "sha256:";
    private static final Pattern FORM = Pattern.compile(PREFIX + "[0-9a-f]{64}");

    BlobDigest {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(text);
        }
    }

    static BlobDigest parse(String text) throws IOException {
        return ifWellFormed(text)
                .orElseThrow(() -> new IOException(
                        "not a blob digest: expected sha256: and 64 lower-case hex digits, found \"" + text + "\""));
    }

    static Optional<BlobDigest> ifWellFormed(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new BlobDigest(text)) : Optional.empty();
    }

    static BlobDigest ofHash(byte[] hash) {
        return new BlobDigest(PREFIX + HexFormat.of().formatHex(hash));
    }

    static MessageDigest newHash() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    byte[] hash() {
        return HexFormat.of().parseHex(text, PREFIX.length(), text.length());
    }

    @Override
    public String toString() {
        return text;
    }
}
