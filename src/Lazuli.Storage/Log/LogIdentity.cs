using System.Text;
using Lazuli.Proofs;

namespace Lazuli.Storage;

/// <summary>A log's private key and what it signed last: what must never be lost or go backwards. Kept outside the folder that is served.</summary>
/// <remarks>
/// The checkpoint signed last is written here before anybody sees it, and the key exists only with one, at first that of the empty
/// tree. So a log whose public files were removed or put back to an earlier day is refused rather than signed a second time.
/// </remarks>
internal sealed class LogIdentity : IDisposable
{
    private readonly LogFiles _files;
    private readonly string _lastPath;
    private readonly FileStream _lock;

    private LogIdentity(LogFiles files, string lastPath, FileStream held, SignerKey key)
    {
        _files = files;
        _lastPath = lastPath;
        _lock = held;
        Key = key;
        Note = null!;
        Last = null!;
    }

    /// <summary>The key.</summary>
    public SignerKey Key { get; }

    /// <summary>The tree signed last.</summary>
    public Checkpoint Last { get; private set; }

    /// <summary>Its signed note.</summary>
    public SignedNote Note { get; private set; }

    /// <summary>Opens, or makes with the key, what a log signed last.</summary>
    /// <param name="folder">Where the key lies: <c>log.key</c>, and beside it <c>log.checkpoint</c>.</param>
    /// <param name="name">The log's name.</param>
    /// <param name="files">The public files.</param>
    /// <exception cref="LogRefusedException">The key is another log's, others can read it, or the checkpoint is missing or not its.</exception>
    public static LogIdentity Open(string folder, string name, LogFiles files)
    {
        MakePrivateFolder(folder);
        string keyPath = Path.Combine(folder, "log.key");
        string lastPath = Path.Combine(folder, "log.checkpoint");
        FileStream held = Lock(Path.Combine(folder, "log.lock"));
        try
        {
            if (!File.Exists(keyPath))
            {
                Make(name, files, keyPath, lastPath);
            }

            var identity = new LogIdentity(files, lastPath, held, ReadKey(keyPath, name));
            byte[] last = LogFiles.Read(lastPath) ?? throw new LogRefusedException(lastPath, "the checkpoint signed last, since the key has been used", "no file. Restore it from a backup of the same day as the log");
            CheckpointResult.Opened opened = identity.Verified(last, lastPath);
            (identity.Last, identity.Note) = (opened.Checkpoint, opened.Note);
            return identity;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Signs and keeps a checkpoint that <see cref="CheckpointGuard"/> allows.</summary>
    /// <exception cref="LogRefusedException">It does not.</exception>
    public void Sign(Checkpoint next, ReadOnlySpan<MerkleHash> consistency)
    {
        if (CheckpointGuard.Decide(Last, next, consistency) is SigningDecision.Refused refused)
        {
            throw new LogRefusedException(_files.Folder, $"a tree that begins with the {Last.Size} leaves signed last", refused.Reason);
        }

        string text = next.ToString();
        SignedNote note = SignedNote.Create(text, Key.Sign(text));
        _files.Write(_lastPath, Encoding.UTF8.GetBytes(note.ToString()!), settle: true);
        (Last, Note) = (next, note);
    }

    /// <summary>Takes a checkpoint of the log's own, from the public files, for the one signed last: the private copy is from an earlier day.</summary>
    public void Adopt(CheckpointResult.Opened opened)
    {
        _files.Write(_lastPath, Encoding.UTF8.GetBytes(opened.Note.ToString()!), settle: true);
        (Last, Note) = (opened.Checkpoint, opened.Note);
    }

    /// <summary>The checkpoint in a file.</summary>
    /// <exception cref="LogRefusedException">It is none that this key signed.</exception>
    public CheckpointResult.Opened Verified(byte[] note, string path)
    {
        try
        {
            return Checkpoint.Open(note, Key.Verifier) switch
            {
                CheckpointResult.Opened opened => opened,
                CheckpointResult.Refused refused => throw new LogRefusedException(path, $"a checkpoint signed by {Key.Verifier.Name}", refused.Reason),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (NoteFormatException e)
        {
            throw new LogRefusedException(path, $"a checkpoint signed by {Key.Verifier.Name}", e.Message, e);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static void Make(string name, LogFiles files, string keyPath, string lastPath)
    {
        // Left by a crash before there was a key: both of the empty tree, or of none.
        foreach (string path in new[] { lastPath, files.CheckpointPath })
        {
            if (LogFiles.Read(path) is { } note && !IsOfEmptyTree(note))
            {
                throw new LogRefusedException(keyPath, $"the key that signed {path}", "no file. Restore it from a backup: without it nobody can go on with this log");
            }
        }

        if (Directory.Exists(files["tile"]))
        {
            throw new LogRefusedException(keyPath, $"the key of the log whose tiles are in {files.Folder}", "no file. Restore it from a backup, or move those files away to begin a new log");
        }

        SignerKey key = SignerKey.Generate(name, NoteKeyType.Ed25519);
        string text = new Checkpoint(name, 0, MerkleHash.OfEmptyTree).ToString();
        byte[] empty = Encoding.UTF8.GetBytes(SignedNote.Create(text, key.Sign(text)).ToString()!);
        files.Write(lastPath, empty, settle: true);
        files.Write(files.CheckpointPath, empty, settle: false);
        WritePrivate(keyPath, key.ToPrivateText() + "\n");
    }

    private static bool IsOfEmptyTree(byte[] note)
    {
        try
        {
            return Checkpoint.Parse(SignedNote.Parse(note).Text).Size == 0;
        }
        catch (NoteFormatException)
        {
            return false;
        }
    }

    private static SignerKey ReadKey(string path, string name)
    {
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
            UnixFileMode mode = File.GetUnixFileMode(path);
            if ((mode & Others) != UnixFileMode.None)
            {
                throw new LogRefusedException(path, "a key that nobody else can read or write", $"the mode {Convert.ToString((int)mode, 8)}. If nobody has read it: chmod 600");
            }
        }

        SignerKey key;
        try
        {
            key = SignerKey.Parse(File.ReadAllText(path, Encoding.ASCII).TrimEnd('\n'));
        }
        catch (NoteFormatException e)
        {
            throw new LogRefusedException(path, e.Expected, "something else", e); // no part of a key in a message
        }

        return key.Verifier.Name == name
            ? key
            : throw new LogRefusedException(path, $"the key of the log {name}, as Storage:LogName says", $"the key of {key.Verifier.Name}. A log keeps its name");
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException) && File.Exists(path))
        {
            throw new LogRefusedException(path, "a log that no other process writes", "another process's lock. Stop that one first", e);
        }
    }

    private static void MakePrivateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void WritePrivate(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        string temporary = path + ".new";
        File.Delete(temporary); // one that is there keeps its mode
        using var file = new FileStream(temporary, options);
        file.Write(Encoding.ASCII.GetBytes(text));
        file.Flush(flushToDisk: true);
        File.Move(temporary, path);
        file.Flush(flushToDisk: true);
    }
}
