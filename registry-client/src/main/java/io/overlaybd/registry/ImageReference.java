package io.overlaybd.registry;

import io.overlaybd.registry.manifest.Digest;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What people call an image. Immutable.
 *
 * <pre>
 * [host[:port] "/"] repository [":" tag] ["@" digest]
 * </pre>
 *
 * <p>The first part is a host if it has a dot or a colon or is {@code localhost}. Without one the image is at Docker Hub,
 * where a name of one part stands below {@code library/}. Without tag and digest the tag is {@code latest}.
 *
 * @param host the registry as people write it, {@code host[:port]}; {@code docker.io} for Docker Hub
 * @param repository name of the repository in it
 * @param tag the tag, if there is one
 * @param digest the digest, if there is one; it wins over the tag
 */
public record ImageReference(String host, String repository, Optional<String> tag, Optional<Digest> digest) {

    private static final String DOCKER_HUB = "docker.io";
    private static final String DOCKER_HUB_API = "registry-1.docker.io";
    private static final int MAX_LENGTH = 1024;
    private static final int MAX_NAME_LENGTH = 255;
    private static final Pattern HOST = Pattern.compile(
            "(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?|\\[[0-9a-fA-F:.]{2,45}])(?::\\d{1,5})?");
    private static final Pattern REPOSITORY =
            Pattern.compile("[a-z0-9]++(?:(?:[._]|__|-+)[a-z0-9]++)*+(?:/[a-z0-9]++(?:(?:[._]|__|-+)[a-z0-9]++)*+)*+");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

    /**
     * Reads a reference.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public static ImageReference parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("image reference of " + text.length() + " characters");
        }
        int at = text.indexOf('@');
        String named = at < 0 ? text : text.substring(0, at);
        Optional<Digest> digest = at < 0 ? Optional.empty() : Optional.of(Digest.parse(text.substring(at + 1)));
        int colon = named.lastIndexOf(':');
        boolean tagged =
                colon > named.lastIndexOf('/') && !named.substring(colon).contains("]");
        Optional<String> tag = tagged ? Optional.of(named.substring(colon + 1)) : Optional.empty();
        String name = tagged ? named.substring(0, colon) : named;
        if (tag.isEmpty() && digest.isEmpty()) {
            tag = Optional.of("latest");
        }
        return ofName(text, name, tag, digest);
    }

    private static ImageReference ofName(String text, String name, Optional<String> tag, Optional<Digest> digest) {
        int slash = name.indexOf('/');
        boolean hasHost = slash > 0 && isHost(name.substring(0, slash));
        String host = hasHost ? name.substring(0, slash).toLowerCase(Locale.ROOT) : DOCKER_HUB;
        String repository = hasHost ? name.substring(slash + 1) : name;
        if (host.equals("index.docker.io") || host.equals(DOCKER_HUB_API)) {
            host = DOCKER_HUB;
        }
        if (host.equals(DOCKER_HUB) && repository.indexOf('/') < 0) {
            repository = "library/" + repository;
        }
        check(text, "host", HOST.matcher(host).matches());
        check(
                text,
                "repository",
                repository.length() <= MAX_NAME_LENGTH
                        && REPOSITORY.matcher(repository).matches());
        check(text, "tag", tag.isEmpty() || TAG.matcher(tag.get()).matches());
        return new ImageReference(host, repository, tag, digest);
    }

    private static boolean isHost(String part) {
        return part.indexOf('.') >= 0 || part.indexOf(':') >= 0 || part.equals("localhost");
    }

    private static void check(String text, String what, boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("not an image reference, bad " + what + ": " + text);
        }
    }

    /** The host that answers for the registry. */
    public String apiHost() {
        return host.equals(DOCKER_HUB) ? DOCKER_HUB_API : host;
    }

    /** What a manifest is asked for by: the digest, else the tag. */
    public String manifestReference() {
        return digest.map(Digest::toString).orElseGet(() -> tag.orElse("latest"));
    }

    @Override
    public String toString() {
        return host + "/" + repository + tag.map(t -> ":" + t).orElse("")
                + digest.map(d -> "@" + d).orElse("");
    }
}
