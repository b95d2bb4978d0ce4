using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Lazuli.Registry;

/// <summary>Fetches files into a folder, each under the name of its digest; what has come of one lies in <c>digest.part</c> and is gone on with by whoever asks next.</summary>
/// <param name="transport">Sends requests.</param>
/// <param name="settings">How patiently.</param>
/// <param name="time">Waits.</param>
/// <param name="folder">Where files lie; it exists.</param>
/// <param name="advance">Told how many bytes more (or, from the beginning again, fewer) are here; called from several threads.</param>
internal sealed class HubDownload(HubTransport transport, HubSettings settings, TimeProvider time, string folder, Action<long> advance)
{
    private const int BufferBytes = 1 << 18;
    private const int MaxTagLength = 1_000;

    /// <summary>Bytes of a file that are here from earlier, checked or not.</summary>
    public static long Present(string folder, HubFile file)
    {
        string whole = Path.Combine(folder, file.Digest!.Value.FileName);
        var found = new FileInfo(File.Exists(whole) ? whole : whole + ".part");
        return found.Exists ? Math.Min(found.Length, file.Bytes!.Value) : 0;
    }

    /// <summary>Fetches what is missing of a file and checks all of it.</summary>
    /// <param name="snapshot">The commit it belongs to.</param>
    /// <param name="file">A file of it, size and digest known.</param>
    /// <param name="cancellationToken">Stops; what has come stays.</param>
    /// <exception cref="HubException">It did not come, or is not what the hub said.</exception>
    /// <exception cref="IOException">The disk failed or is full.</exception>
    public async Task<PulledFile> RunAsync(HubSnapshot snapshot, HubFile file, CancellationToken cancellationToken)
    {
        HubDigest expected = file.Digest!.Value;
        long bytes = file.Bytes!.Value;
        string target = Path.Combine(folder, expected.FileName);
        string partPath = target + ".part";
        if (File.Exists(target))
        {
            var whole = new FileStream(target, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
            await using (whole.ConfigureAwait(false))
            {
                if (await DigestAsync(whole, expected, cancellationToken).ConfigureAwait(false) is { Found: var found, Sha256: var sha256 } && found == expected)
                {
                    advance(bytes);
                    return new PulledFile(file.Path, bytes, sha256, target);
                }
            }

            File.Delete(target); // the disk has lost something since
        }

        string content;
        FileStream part = OpenPart(partPath, file);
        await using (part.ConfigureAwait(false))
        {
            content = await FillAndCheckAsync(snapshot, file, part, cancellationToken).ConfigureAwait(false);
        }

        File.Move(partPath, target);
        File.Delete(TagPath(partPath));
        return new PulledFile(file.Path, bytes, content, target);
    }

    private async Task<string> FillAndCheckAsync(HubSnapshot snapshot, HubFile file, FileStream part, CancellationToken cancellationToken)
    {
        if (part.Length > file.Bytes)
        {
            part.SetLength(0);
        }

        part.Position = part.Length;
        advance(part.Length);
        for (bool mayRepeat = true; ; mayRepeat = false)
        {
            bool inOne = await FillAsync(snapshot, file, part, cancellationToken).ConfigureAwait(false);
            part.Flush(flushToDisk: true);
            part.Position = 0;
            (HubDigest found, string sha256) = await DigestAsync(part, file.Digest!.Value, cancellationToken).ConfigureAwait(false);
            if (found == file.Digest)
            {
                return sha256;
            }

            part.SetLength(0);
            part.Position = 0;
            advance(-file.Bytes!.Value);
            if (inOne || !mayRepeat)
            {
                throw new HubException(HubFailure.DigestMismatch, $"'{file.Path}' of {snapshot.Reference} came as {found}; expected {file.Digest}. Nothing of it was kept. Try again; when it comes so again, the hub or something on the way is at fault.");
            }

            // Put together from several connections or by a process that was killed: once more in one piece before anybody is blamed.
        }
    }

    /// <summary>Fetches until all bytes are here; answers whether one connection brought all of them.</summary>
    private async Task<bool> FillAsync(HubSnapshot snapshot, HubFile file, FileStream part, CancellationToken cancellationToken)
    {
        var patience = new HubPatience(settings, time, settings.Tries);
        bool inOne = part.Position == 0;
        while (part.Position < file.Bytes)
        {
            long before = part.Position;
            try
            {
                await ContinueAsync(snapshot, file, part, cancellationToken).ConfigureAwait(false);
            }
            catch (HubInterruption interruption)
            {
                if (part.Position - before >= BufferBytes)
                {
                    patience.Progressed();
                }

                await patience.WaitAsync(interruption, cancellationToken).ConfigureAwait(false);
                inOne = part.Position == 0; // else what follows is joined to what there is
            }
        }

        return inOne;
    }

    private async Task ContinueAsync(HubSnapshot snapshot, HubFile file, FileStream part, CancellationToken cancellationToken)
    {
        string tagPath = TagPath(part.Name);
        string? tag = part.Position > 0 && File.Exists(tagPath) ? await File.ReadAllTextAsync(tagPath, cancellationToken).ConfigureAwait(false) : null;
        using HubResponse response = await transport.SendAsync(HttpMethod.Get, HubAddress.File(settings, snapshot, file.Path), part.Position, tag, cancellationToken).ConfigureAwait(false);
        if (response.Status == HttpStatusCode.RequestedRangeNotSatisfiable && part.Position > 0)
        {
            StartOver(part);
            throw new HubInterruption("the server does not have the rest of the file (HTTP 416)");
        }

        HubRefusal.ThrowIfRefused(response, settings, snapshot.Reference, file.Path);
        HubAddress.CheckIdentity(response, snapshot, file);
        CheckPlace(response, file, part, tag);
        if (response.Tag is { Length: <= MaxTagLength } current && current != tag)
        {
            await File.WriteAllTextAsync(tagPath, current, cancellationToken).ConfigureAwait(false);
        }

        Stream body = await response.Message.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            await CopyAsync(body, file, part, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Compares what the answer says of its place and length with what is known; a whole answer where a rest was wanted starts over.</summary>
    private void CheckPlace(HubResponse response, HubFile file, FileStream part, string? tag)
    {
        HttpContentHeaders headers = response.Message.Content.Headers;
        if (response.Status == HttpStatusCode.OK)
        {
            StartOver(part);
            if (headers.ContentLength is { } length && length != file.Bytes)
            {
                throw Lies(file, string.Create(CultureInfo.InvariantCulture, $"an answer of {length} bytes ({headers.ContentType?.MediaType ?? "no type"})"));
            }

            return;
        }

        if (headers.ContentRange is not { From: { } from } range || from != part.Position || (range.Length is { } total && total != file.Bytes) || (range.To is { } last && last != file.Bytes - 1))
        {
            throw Lies(file, $"the range '{headers.ContentRange}' where that from {part.Position.ToString(CultureInfo.InvariantCulture)} on was wanted");
        }

        if (tag is not null && response.Tag is { } now && now != tag)
        {
            StartOver(part);
            throw new HubInterruption("the content has another tag than before");
        }
    }

    private async Task CopyAsync(Stream body, HubFile file, FileStream part, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await transport.ReadAsync(body, buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (part.Position + read > file.Bytes)
                {
                    throw Lies(file, "more than that");
                }

                await part.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                advance(read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (part.Position < file.Bytes)
        {
            throw new HubInterruption(string.Create(CultureInfo.InvariantCulture, $"the connection ended after {part.Position} of {file.Bytes} bytes"));
        }
    }

    private void StartOver(FileStream part)
    {
        advance(-part.Position);
        part.SetLength(0);
        part.Position = 0;
    }

    private static HubException Lies(HubFile file, string found) => new(
        HubFailure.BadAnswer, string.Create(CultureInfo.InvariantCulture, $"The hub says that '{file.Path}' has {file.Bytes} bytes, and then gives {found}. Nothing of it is used."));

    private static FileStream OpenPart(string path, HubFile file)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new HubException(HubFailure.InUse, $"'{file.Path}' is being fetched by another process already ({path} is in use); wait for it, then run this again.", e);
        }
    }

    private static string TagPath(string partPath) => partPath + ".tag";

    /// <summary>The digest in the algorithm of <paramref name="like"/>, and SHA-256.</summary>
    private static async Task<(HubDigest Found, string Sha256)> DigestAsync(FileStream file, HubDigest like, CancellationToken cancellationToken)
    {
        using var content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
#pragma warning disable CA5350 // Git names blobs by SHA-1; the hub gives small files no other digest.
        using IncrementalHash? blob = like.Algorithm == HubDigest.GitSha1 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA1) : null;
#pragma warning restore CA5350
        blob?.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {file.Length}\0")));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                content.AppendData(buffer, 0, read);
                blob?.AppendData(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        string sha256 = Convert.ToHexStringLower(content.GetHashAndReset());
        return (blob is null ? new HubDigest(HubDigest.Sha256, sha256) : new HubDigest(HubDigest.GitSha1, Convert.ToHexStringLower(blob.GetHashAndReset())), sha256);
    }
}
