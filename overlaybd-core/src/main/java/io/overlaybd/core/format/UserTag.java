package io.overlaybd.core.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the maker of a layer wanted to say about it: up to {@value #MAX_BYTES} bytes, any. The header pads them with
 * zeros, so zeros at the end are no part of the tag. Immutable.
 */
public final class UserTag {

    /** The most that a header holds, in bytes. */
    public static final int MAX_BYTES = 256;

    /** Nothing. */
    public static final UserTag NONE = new UserTag(new byte[0]);

    private final byte[] bytes;

    private UserTag(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A tag of these bytes, copied.
     *
     * @throws IllegalArgumentException if they are more than {@link #MAX_BYTES}
     */
    public static UserTag of(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "user tag: expected at most " + MAX_BYTES + " bytes, found " + bytes.length);
        }
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        return length == 0 ? NONE : new UserTag(Arrays.copyOf(bytes, length));
    }

    /** A tag of the text's UTF-8 bytes. */
    public static UserTag ofText(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes, a copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UserTag tag && Arrays.equals(bytes, tag.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The bytes as UTF-8 text; what is none of it becomes a replacement character. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
