using System.Reflection;

namespace Lazuli.Compute;

/// <summary>The hardware and networks known here: the table that comes with Lazuli, and the profiles in the home's <c>hardware</c> folder, which win by name.</summary>
public sealed class HardwareCatalog
{
    private const string Resource = "Lazuli.Compute.Hardware.profiles.json";

    private HardwareCatalog(string version, IReadOnlyList<HardwareProfile> profiles, IReadOnlyList<NetworkProfile> networks)
    {
        Version = version;
        Profiles = profiles;
        Networks = networks;
    }

    /// <summary>Version of the table that comes with Lazuli.</summary>
    public string Version { get; }

    /// <summary>Devices: those of the home first, then the table's, each by name.</summary>
    public IReadOnlyList<HardwareProfile> Profiles { get; }

    /// <summary>Networks between hosts.</summary>
    public IReadOnlyList<NetworkProfile> Networks { get; }

    /// <summary>Reads the table and every <c>*.json</c> of <paramref name="folder"/>, which need not exist.</summary>
    /// <exception cref="HardwareProfileException">A file is not a table of profiles, or two files of the folder have the same profile.</exception>
    public static HardwareCatalog Read(string folder)
    {
        HardwareTable shipped = Shipped();
        var profiles = new SortedDictionary<string, HardwareProfile>(StringComparer.Ordinal);
        var networks = shipped.Networks.ToDictionary(n => n.Name, StringComparer.Ordinal);
        string[] files = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)] : [];
        foreach (string file in files)
        {
            HardwareTable own = HardwareFile.Read(File.ReadAllBytes(file), file);
            foreach (HardwareProfile profile in own.Profiles)
            {
                if (!profiles.TryAdd(profile.Name, profile))
                {
                    throw new HardwareProfileException(file, profile.Name, "name", "another file of the folder has a profile of that name.");
                }
            }

            foreach (NetworkProfile network in own.Networks)
            {
                networks[network.Name] = network;
            }
        }

        return new HardwareCatalog(shipped.Version, [.. profiles.Values, .. shipped.Profiles.Where(p => !profiles.ContainsKey(p.Name))], [.. networks.Values]);
    }

    /// <summary>Writes the profile of a machine as a file of its own, whole or not at all; returns its path.</summary>
    public static string Save(string folder, HardwareProfile profile)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, profile.Name + ".json");
        string written = path + ".tmp";
        File.WriteAllBytes(written, HardwareFile.Write(profile.MeasuredAt?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) ?? "1", [profile]));
        File.Move(written, path, overwrite: true);
        return path;
    }

    /// <summary>The device of that name; null where there is none.</summary>
    public HardwareProfile? Find(string name) => Profiles.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.Ordinal));

    /// <summary>The network of that name; null where there is none.</summary>
    public NetworkProfile? FindNetwork(string name) => Networks.FirstOrDefault(n => string.Equals(n.Name, name, StringComparison.Ordinal));

    /// <summary>The profile that was measured here last; null where nothing was measured.</summary>
    public HardwareProfile? MeasuredHere => Profiles.Where(p => p.Status == ProfileStatus.MeasuredHere).MaxBy(p => p.MeasuredAt);

    internal static HardwareTable Shipped()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly has no resource {Resource}.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return HardwareFile.Read(memory.ToArray(), "the table that comes with Lazuli");
    }
}
