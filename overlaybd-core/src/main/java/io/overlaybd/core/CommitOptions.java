package io.overlaybd.core;

import io.overlaybd.core.format.LayerUuid;
import io.overlaybd.core.format.UserTag;
import java.util.Optional;

/**
 * What a commit gives its layer.
 *
 * @param uuid the new layer's name, else null
 * @param parentUuid what it stands on, else what the bottom layer stood on
 * @param userTag its tag; never taken from the layers
 */
public record CommitOptions(Optional<LayerUuid> uuid, Optional<LayerUuid> parentUuid, UserTag userTag) {

    /** Nothing given. */
    public static final CommitOptions NONE = new CommitOptions(Optional.empty(), Optional.empty(), UserTag.NONE);

    /** As given, with a name. */
    public CommitOptions withUuid(LayerUuid newUuid) {
        return new CommitOptions(Optional.of(newUuid), parentUuid, userTag);
    }

    /** As given, with a parent. */
    public CommitOptions withParentUuid(LayerUuid newParentUuid) {
        return new CommitOptions(uuid, Optional.of(newParentUuid), userTag);
    }

    /** As given, with a tag. */
    public CommitOptions withUserTag(UserTag newUserTag) {
        return new CommitOptions(uuid, parentUuid, newUserTag);
    }
}
