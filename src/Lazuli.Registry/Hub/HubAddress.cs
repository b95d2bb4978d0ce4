using System.Globalization;

namespace Lazuli.Registry;

/// <summary>Addresses at a hub, and whether an answer from there is about what was asked.</summary>
internal static class HubAddress
{
    /// <summary>The description of a repository at a revision, with sizes and digests of its files.</summary>
    public static Uri Description(HubSettings settings, HubReference reference) =>
        new($"{Root(settings)}/api/models/{reference.Repository}/revision/{Uri.EscapeDataString(reference.Revision)}?blobs=true");

    /// <summary>A file as it is at a commit.</summary>
    public static Uri File(HubSettings settings, HubSnapshot snapshot, string path) =>
        new($"{Root(settings)}/{snapshot.Reference.Repository}/resolve/{snapshot.Commit}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}");

    /// <summary>Compares commit, size and digest that the hub says beside a file with what it listed.</summary>
    /// <exception cref="HubException">They differ.</exception>
    public static void CheckIdentity(HubResponse response, HubSnapshot snapshot, HubFile file)
    {
        if (response.Commit is { } commit && commit != snapshot.Commit)
        {
            throw Differs("commit", snapshot.Commit, commit.Length > 64 ? commit[..64] : commit);
        }

        if (response.FileBytes is { } bytes && file.Bytes is { } listed && bytes != listed)
        {
            throw Differs("size", listed.ToString(CultureInfo.InvariantCulture), bytes.ToString(CultureInfo.InvariantCulture));
        }

        // Other kinds of tag say nothing: a large file's git id is not its content's digest.
        if (response.Digest is { } digest && file.Digest is { } expected && digest.Algorithm == expected.Algorithm && digest != expected)
        {
            throw Differs("digest", expected.ToString(), digest.ToString());
        }

        HubException Differs(string what, string said, string found) => new(
            HubFailure.BadAnswer, $"The hub listed '{file.Path}' of {snapshot.Reference} with {what} {said}, and gives it out with {what} {found}. Nothing of it is used.");
    }

    private static string Root(HubSettings settings) => settings.Endpoint.AbsoluteUri.TrimEnd('/');
}
