package io.overlaybd.registry;

import io.overlaybd.registry.manifest.Digest;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * A repository in a registry: where it is, without any secret.
 *
 * @param registryUrl scheme, host and port, and what may stand before {@code /v2/}; no slash at its end
 * @param name the repository's name in the registry, such as {@code library/redis}
 */
public record Repository(String registryUrl, String name) {

    private static final String API = "/v2/";
    private static final String BLOBS = "/blobs";
    private static final int MAX_NAME_LENGTH = 255;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]++(?:/[A-Za-z0-9_.-]++)*+");

    /** Checks both parts. */
    public Repository {
        HttpUrl url = HttpUrl.parse(registryUrl);
        if (url == null || Origins.hasUserInfo(url) || url.encodedQuery() != null || url.encodedFragment() != null) {
            throw new IllegalArgumentException("not the URL of a registry: expected http(s)://host[:port]");
        }
        boolean dots = ("/" + name + "/").contains("/../") || ("/" + name + "/").contains("/./");
        if (name.length() > MAX_NAME_LENGTH || dots || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(Origins.display(url) + ": not the name of a repository: " + name);
        }
        registryUrl = withoutSlash(url.toString());
    }

    /**
     * Reads the URL that a repository's blobs stand under, {@code https://host[:port]/v2/name/blobs}.
     *
     * @throws IllegalArgumentException if it is another kind of URL, or holds a user or password
     */
    public static Repository ofBlobsUrl(String blobsUrl) {
        HttpUrl url = HttpUrl.parse(blobsUrl);
        String path = url == null ? "" : withoutSlash(url.encodedPath());
        int api = path.indexOf(API);
        if (api < 0 || !path.endsWith(BLOBS) || path.length() - BLOBS.length() <= api + API.length()) {
            String shown = url == null ? "" : Origins.display(url) + ": ";
            throw new IllegalArgumentException(shown + "not the URL of blobs: expected http(s)://host/v2/name/blobs");
        }
        HttpUrl registry =
                url.newBuilder().encodedPath(path.substring(0, api + 1)).build();
        return new Repository(registry.toString(), path.substring(api + API.length(), path.length() - BLOBS.length()));
    }

    private static String withoutSlash(String text) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    HttpUrl registry() {
        return HttpUrl.get(registryUrl);
    }

    /** Where a blob is read. */
    HttpUrl blob(Digest digest) {
        return at("/blobs/" + digest);
    }

    /** Where a manifest is, by tag or digest. */
    HttpUrl manifest(String reference) {
        return at("/manifests/" + reference);
    }

    /** Where an upload begins. */
    HttpUrl uploads() {
        return at("/blobs/uploads/");
    }

    private HttpUrl at(String rest) {
        return HttpUrl.get(registryUrl + API + name + rest);
    }

    /** Host, and port unless it is that of the scheme. */
    public String host() {
        return Origins.host(registry());
    }

    @Override
    public String toString() {
        return registryUrl + API + name;
    }
}
