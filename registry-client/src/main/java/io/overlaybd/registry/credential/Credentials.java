package io.overlaybd.registry.credential;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A user with a password or with an identity token (an OAuth2 refresh token). Never shows its secrets. Immutable.
 *
 * @param user empty for anonymous
 * @param password empty if there is an identity token instead
 * @param identityToken empty if there is none
 */
public record Credentials(String user, String password, String identityToken) {

    /** Nobody. */
    public static final Credentials ANONYMOUS = new Credentials("", "", "");

    /** A user with a password. */
    public static Credentials password(String user, String password) {
        return new Credentials(user, password, "");
    }

    /** Whether there is nothing to show. */
    public boolean isAnonymous() {
        return user.isEmpty() && !hasIdentityToken();
    }

    /** Whether tokens are got by OAuth2. */
    public boolean hasIdentityToken() {
        return !identityToken.isEmpty();
    }

    /** Value of an Authorization header. */
    public String basicHeader() {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    @Override
    public String toString() {
        return isAnonymous() ? "anonymous" : "credentials of a user (secret)";
    }
}
