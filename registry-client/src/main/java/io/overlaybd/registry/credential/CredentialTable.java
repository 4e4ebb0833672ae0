package io.overlaybd.registry.credential;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Who knows the credentials of a repository, as a file that {@link CredentialReader} has read says.
 *
 * <p>A key matches the host, or the host and whole segments of the repository's name; the longest one wins, of equal ones a
 * helper, then the first. Immutable.
 */
final class CredentialTable {

    /** Somebody who may know the credentials. */
    sealed interface Match {}

    /** The file itself. */
    record Known(Credentials credentials) implements Match {}

    /**
     * A program.
     *
     * @param helper its name, or its path
     * @param server what it is asked for
     */
    record Ask(String helper, String server) implements Match {}

    /** Credentials, null if there are none that can be used, and the key as it was written. */
    record Entry(String writtenKey, Credentials credentials) {}

    private final Map<String, Entry> entries;
    private final Map<String, Ask> helpers;
    private final String store;

    /** Keys as {@link RegistryKeys#normalise} has them; {@code store} is empty if there is none. */
    CredentialTable(Map<String, Entry> entries, Map<String, Ask> helpers, String store) {
        this.entries = Map.copyOf(entries);
        this.helpers = Map.copyOf(helpers);
        this.store = store;
    }

    /** The credentials of the longest key that matches and has any. */
    Credentials find(String host, String repository) {
        for (Match match : matches(host, repository)) {
            if (match instanceof Known known) {
                return known.credentials();
            }
        }
        return Credentials.ANONYMOUS;
    }

    /** Who may know, in the order in which to ask; the store last, unless a longer key names it. */
    List<Match> matches(String host, String repository) {
        List<Match> matches = new ArrayList<>();
        boolean isStoreAsked = store.isEmpty();
        String hostKey = RegistryKeys.alias(host.toLowerCase(Locale.ROOT));
        for (String key = hostKey + "/" + repository; ; key = key.substring(0, key.lastIndexOf('/'))) {
            Ask helper = helpers.get(key);
            if (helper != null) {
                matches.add(helper);
            }
            Entry entry = entries.get(key);
            if (entry != null && entry.credentials() != null) {
                matches.add(new Known(entry.credentials()));
            } else if (entry != null && !isStoreAsked) {
                isStoreAsked = true;
                matches.add(new Ask(store, RegistryKeys.inStores(entry.writtenKey())));
            }
            if (key.indexOf('/') < 0) {
                break;
            }
        }
        if (!isStoreAsked) {
            matches.add(new Ask(store, RegistryKeys.inStores(hostKey)));
        }
        return matches;
    }
}
