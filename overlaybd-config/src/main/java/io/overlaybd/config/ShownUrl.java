package io.overlaybd.config;

/** A URL as it may be shown: what may be a secret in it is left out. Works on any text, since it is for wrong ones too. */
final class ShownUrl {

    private ShownUrl() {}

    /** Without user, password, query and fragment. */
    static String of(String url) {
        int end = end(url, 0, "?#");
        int scheme = url.indexOf("://");
        int begin = scheme < 0 || scheme > end ? 0 : scheme + 3;
        int path = Math.min(end, end(url, begin, "/"));
        int at = url.lastIndexOf('@', path);
        return url.substring(0, begin) + url.substring(at < begin ? begin : Math.min(at + 1, end), end);
    }

    private static int end(String text, int from, String ends) {
        for (int i = from; i < text.length(); i++) {
            if (ends.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return text.length();
    }
}
