package io.overlaybd.config;

import java.util.Optional;
import java.util.regex.Pattern;

/** The name of a blob by its content: {@code sha256:} and 64 lower-case hexadecimal digits. Immutable. */
public record Digest(String text) {

    private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");

    /** Checks the form. */
    public Digest {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a sha256 digest: " + text);
        }
    }

    /** The digest in a member; absent if the member is, or if it is malformed, which is noted. */
    static Optional<Digest> from(ConfigObject object, String key) {
        String text = object.string(key, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!FORM.matcher(text).matches()) {
            object.problem(key, "expected sha256: and 64 lower-case hexadecimal digits, found " + Json.quote(text));
            return Optional.empty();
        }
        return Optional.of(new Digest(text));
    }

    @Override
    public String toString() {
        return text;
    }
}
