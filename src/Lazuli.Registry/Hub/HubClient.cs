using System.Globalization;

namespace Lazuli.Registry;

/// <summary>Fetches models from a hub that speaks the wire of huggingface.co: commits resolved, files checked by digest, broken transfers gone on with. Thread-safe.</summary>
public sealed class HubClient : IDisposable
{
    private const int MaxDescriptionBytes = 64 << 20;
    private const int DescriptionTries = 3;
    private const long Spare = 64L << 20;

    private readonly HubSettings _settings;
    private readonly TimeProvider _time;
    private readonly HubTransport _transport;

    /// <param name="settings">The hub and the caller.</param>
    /// <param name="time">Waits between tries.</param>
    public HubClient(HubSettings settings, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(time);
        _settings = settings;
        _time = time;
        _transport = new HubTransport(settings, time);
    }

    /// <summary>The hub.</summary>
    public Uri Endpoint => _settings.Endpoint;

    /// <summary>Asks which commit a reference means now, and which files it has.</summary>
    /// <exception cref="HubException">There is none, it may not be seen, or the hub cannot be reached or answers nonsense.</exception>
    public async Task<HubSnapshot> FindAsync(HubReference reference, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return await TryAsync(
            async () =>
            {
                using HubResponse response = await _transport.SendAsync(HttpMethod.Get, HubAddress.Description(_settings, reference), 0, null, cancellationToken).ConfigureAwait(false);
                HubRefusal.ThrowIfRefused(response, _settings, reference, file: null);
                return HubListing.Read(reference, await ReadJsonAsync(response, cancellationToken).ConfigureAwait(false));
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fetches files of a commit into a folder, several at once; what an earlier call brought is not fetched again.</summary>
    /// <param name="snapshot">The commit.</param>
    /// <param name="files">Files of it.</param>
    /// <param name="folder">Where they are put, each under the name of its digest; made when it is not there. Whoever asked removes them in the end.</param>
    /// <param name="roomBeside">Bytes that the caller will need on the same disk besides.</param>
    /// <param name="progress">Told now and then, from several threads.</param>
    /// <param name="cancellationToken">Stops; what has come stays and is gone on with next time.</param>
    /// <returns>The files in the order asked for.</returns>
    /// <exception cref="HubException">A file did not come, is not what the hub said, or the disk has too little room.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public async Task<IReadOnlyList<PulledFile>> FetchAsync(
        HubSnapshot snapshot, IReadOnlyList<HubFile> files, string folder, long roomBeside, IProgress<HubProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(files);
        Directory.CreateDirectory(folder);
        HubFile[] known = new HubFile[files.Count];
        for (int i = 0; i < known.Length; i++)
        {
            known[i] = await CompleteAsync(snapshot, files[i], cancellationToken).ConfigureAwait(false);
        }

        HubFile[] distinct = [.. known.DistinctBy(f => f.Digest)];
        CheckRoom(distinct, folder, roomBeside);
        var pulled = new Dictionary<HubDigest, PulledFile>();
        long total = distinct.Sum(f => f.Bytes!.Value);
        long here = 0;
        int finished = 0;
        var download = new HubDownload(_transport, _settings, _time, folder, bytes => progress?.Report(new HubProgress(Interlocked.Add(ref here, bytes), total, Volatile.Read(ref finished), distinct.Length)));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _settings.FilesAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(distinct, parallel, async (file, cancel) =>
        {
            PulledFile one = await download.RunAsync(snapshot, file, cancel).ConfigureAwait(false);
            lock (pulled)
            {
                pulled.Add(file.Digest!.Value, one);
            }

            Interlocked.Increment(ref finished);
        }).ConfigureAwait(false);
        progress?.Report(new HubProgress(total, total, distinct.Length, distinct.Length));
        return [.. known.Select(f => pulled[f.Digest!.Value] with { Path = f.Path })];
    }

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    /// <summary>Asks for the size and digest that a listing left out.</summary>
    private async Task<HubFile> CompleteAsync(HubSnapshot snapshot, HubFile file, CancellationToken cancellationToken)
    {
        if (file.Bytes is null || file.Digest is null)
        {
            file = await TryAsync(
                async () =>
                {
                    using HubResponse response = await _transport.SendAsync(HttpMethod.Head, HubAddress.File(_settings, snapshot, file.Path), 0, null, cancellationToken).ConfigureAwait(false);
                    if ((int)response.Status >= 400)
                    {
                        HubRefusal.ThrowIfRefused(response, _settings, snapshot.Reference, file.Path);
                    }

                    HubAddress.CheckIdentity(response, snapshot, file);
                    return file with { Bytes = file.Bytes ?? response.FileBytes, Digest = file.Digest ?? response.Digest };
                },
                cancellationToken).ConfigureAwait(false);
        }

        if (file.Bytes is not { } bytes || file.Digest is null)
        {
            throw new HubException(HubFailure.BadAnswer, $"{_settings.Endpoint} does not say the {(file.Digest is null ? "digest" : "size")} of '{file.Path}', so what comes could not be checked; it is not fetched.");
        }

        return bytes <= _settings.MaxFileBytes
            ? file
            : throw new HubException(HubFailure.BadAnswer, string.Create(CultureInfo.InvariantCulture, $"'{file.Path}' of {snapshot.Reference} has {bytes / 1e9:N1} GB; files of at most {_settings.MaxFileBytes / 1e9:N1} GB are fetched."));
    }

    private static void CheckRoom(IReadOnlyList<HubFile> files, string folder, long beside)
    {
        long missing = files.Sum(f => f.Bytes!.Value - HubDownload.Present(folder, f));
        long free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (missing + beside + Spare > free)
        {
            throw new HubException(HubFailure.NoRoom, string.Create(CultureInfo.InvariantCulture, $"{missing / 1e9:N2} GB are still to come{(beside > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {beside / 1e9:N2} GB to be made of them") : "")}, and the disk of {folder} has {free / 1e9:N2} GB free. Free some room, or move the home with LAZULI_HOME."));
        }
    }

    private async Task<T> TryAsync<T>(Func<Task<T>> request, CancellationToken cancellationToken)
    {
        var patience = new HubPatience(_settings, _time, Math.Min(_settings.Tries, DescriptionTries));
        while (true)
        {
            try
            {
                return await request().ConfigureAwait(false);
            }
            catch (HubInterruption interruption)
            {
                await patience.WaitAsync(interruption, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadJsonAsync(HubResponse response, CancellationToken cancellationToken)
    {
        if (response.Message.Content.Headers.ContentType?.MediaType is { } type && !type.Contains("json", StringComparison.OrdinalIgnoreCase))
        {
            throw new HubException(HubFailure.BadAnswer, $"{_settings.Endpoint} answered with {(type == "text/html" ? "a web page" : type)} where JSON was wanted. Is {HubSettings.EndpointVariable} the address of a hub, or does a proxy on the way ask somebody to sign in?");
        }

        var json = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        Stream body = await response.Message.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            int read;
            while ((read = await _transport.ReadAsync(body, buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                json.Write(buffer, 0, read);
                if (json.Length > MaxDescriptionBytes)
                {
                    throw new HubException(HubFailure.BadAnswer, $"{_settings.Endpoint} describes the repository in more than {MaxDescriptionBytes >> 20} MB; no hub does.");
                }
            }
        }

        return json.GetBuffer().AsMemory(0, (int)json.Length);
    }
}
