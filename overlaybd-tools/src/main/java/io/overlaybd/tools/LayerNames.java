package io.overlaybd.tools;

import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.UserTag;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the options that name a layer mean; what they cannot mean is a usage error. */
final class LayerNames {

    private LayerNames() {}

    /** The value of an option that may not have been given. */
    static Optional<LayerUuid> uuid(Command command, String option, String text) {
        if (text == null) {
            return Optional.empty();
        }
        Optional<LayerUuid> uuid = LayerUuid.parse(text);
        if (uuid.isEmpty()) {
            throw command.usage(
                    option + ": expected a UUID such as 6ba7b810-9dad-11d1-80b4-00c04fd430c8, found " + text);
        }
        return uuid;
    }

    /** A tag of the text's bytes. */
    static UserTag tag(Command command, String option, String text) {
        if (text.getBytes(StandardCharsets.UTF_8).length > UserTag.MAX_BYTES) {
            throw command.usage(option + ": expected at most " + UserTag.MAX_BYTES + " bytes");
        }
        return UserTag.ofText(text);
    }
}
