package io.overlaybd.nbd.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Strings of the protocol: UTF-8, never longer than 4096 bytes. */
final class Texts {

    static final int MAX_BYTES = 4096;

    private Texts() {}

    /** The bytes of a text, cut where they would be too many. */
    static byte[] bounded(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= MAX_BYTES ? bytes : cut(bytes);
    }

    private static byte[] cut(byte[] bytes) {
        int end = MAX_BYTES;
        while ((bytes[end] & 0xc0) == 0x80) { // the next byte continues a character: leave the whole character out
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }
}
