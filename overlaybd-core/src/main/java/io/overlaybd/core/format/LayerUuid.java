package io.overlaybd.core.format;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The name of a layer: 128 bits, written as 36 upper-case characters. Immutable. */
public record LayerUuid(long high, long low) {

    /** No layer; written as text all the same. */
    public static final LayerUuid NULL = new LayerUuid(0, 0);

    private static final int TEXT_LENGTH = 36;

    /** A new name, random, version 4. */
    public static LayerUuid random() {
        UUID uuid = UUID.randomUUID();
        return new LayerUuid(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    /**
     * Reads 36 characters of either case, empty if they are none. As the original does it: at the places of the four
     * dashes any hex digit may stand, and is skipped.
     */
    public static Optional<LayerUuid> parse(String text) {
        if (text.length() != TEXT_LENGTH) {
            return Optional.empty();
        }
        StringBuilder digits = new StringBuilder(32);
        for (int i = 0; i < TEXT_LENGTH; i++) {
            char c = text.charAt(i);
            if (!HexFormat.isHexDigit(c) && !(c == '-' && isDashPlace(i))) {
                return Optional.empty();
            }
            if (!isDashPlace(i)) {
                digits.append(c);
            }
        }
        return Optional.of(new LayerUuid(
                HexFormat.fromHexDigitsToLong(digits, 0, 16), HexFormat.fromHexDigitsToLong(digits, 16, 32)));
    }

    private static boolean isDashPlace(int i) {
        return i == 8 || i == 13 || i == 18 || i == 23;
    }

    /** Whether this is {@link #NULL}. */
    public boolean isNull() {
        return equals(NULL);
    }

    /** The text as it stands in a header. */
    @Override
    public String toString() {
        return new UUID(high, low).toString().toUpperCase(Locale.ROOT);
    }
}
