; The installer for Windows. Compiled by Inno Setup 6.3 or newer; packaging/installer/windows.py calls it and hands in
; Version, NumericVersion, Bundle (the folder of the frozen program), Icon, Architectures, and Sign where there is a signature.

#ifndef Version
  #error Run packaging/build.py: it hands in the version and the folders.
#endif
#ifdef Sign
  #define Signed "signonce"
#else
  #define Signed ""
#endif
#define Mutexes "EspalierRuns,Global\EspalierRuns"

[Setup]
AppId={{A4D8BE9E-D6DE-4CB6-9646-9D192E652547}
AppName=Espalier
AppVersion={#Version}
AppVerName=Espalier {#Version}
AppPublisher=Espalier
VersionInfoVersion={#NumericVersion}
VersionInfoTextVersion={#Version}
VersionInfoProductTextVersion={#Version}
MinVersion=10.0.17763
ArchitecturesAllowed={#Architectures}
ArchitecturesInstallIn64BitMode={#Architectures}
; For oneself, without an administrator; who may, can choose to install for everybody.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
DefaultDirName={autopf}\Espalier
DisableProgramGroupPage=yes
LicenseFile=..\..\LICENSE
SetupIconFile={#Icon}
UninstallDisplayName=Espalier
UninstallDisplayIcon={app}\espalier.exe
WizardStyle=modern
Compression=lzma2/max
SolidCompression=yes
LZMAUseSeparateProcess=yes
ChangesAssociations=yes
ChangesEnvironment=yes
; Whoever runs Espalier is asked to close it, so that it saves; Windows' own way of closing programs would not wait for that.
AppMutex={#Mutexes}
SetupMutex=EspalierSetup,Global\EspalierSetup
CloseApplications=no
RestartApplications=no
#ifdef Sign
SignTool=espalier
SignedUninstaller=yes
#endif

[Messages]
SetupAppRunningError=Espalier is running.%n%nClose its window and every "espalier daemon" or "espalier train": what they train is saved, and goes on at the next start. Then click OK, or Cancel to leave everything as it is.
UninstallAppRunningError=Espalier is running.%n%nClose its window and every "espalier daemon" or "espalier train": what they train is saved. Then click OK, or Cancel to leave everything as it is.

[CustomMessages]
PathTask=Add the command "espalier" to the PATH of new terminals
CommandLine=Command line:
StillRuns=Espalier is running, or is still saving. Close it and wait a moment: what it trains is saved, and goes on at the next start. Then go back and try again.
DataFolderChosen=Your training lies in %1, and the program must not be mixed with it. Choose another folder.
DataKept=Espalier is removed. Your training, your models and your settings were not touched. They lie in%n%n%1%n%n(for every user of this computer in a folder of that name) and in each folder that you chose yourself. To be rid of them, delete them by hand.

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked
Name: "path"; Description: "{cm:PathTask}"; GroupDescription: "{cm:CommandLine}"; Flags: unchecked

[InstallDelete]
; Parts of an older version would be found beside the new ones. Only where Espalier lies already: the folder is the user's choice.
Type: filesandordirs; Name: "{app}\_internal"; Check: IsUpgrade

[Files]
Source: "{#Bundle}\espalier.exe"; DestDir: "{app}"; Flags: ignoreversion {#Signed}
Source: "{#Bundle}\espalier-cli.exe"; DestDir: "{app}"; Flags: ignoreversion {#Signed}
Source: "{#Bundle}\*"; Excludes: "\espalier.exe,\espalier-cli.exe"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs
Source: "espalier.cmd"; DestDir: "{app}\bin"; Flags: ignoreversion

[Icons]
Name: "{autoprograms}\Espalier"; Filename: "{app}\espalier.exe"
Name: "{autodesktop}\Espalier"; Filename: "{app}\espalier.exe"; Tasks: desktopicon

[Registry]
; "Open with" offers Espalier for .jsonl; whatever opens them now stays what opens them.
Root: HKA; Subkey: "Software\Classes\Espalier.jsonl"; ValueType: string; ValueData: "Rows for training"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Espalier.jsonl\DefaultIcon"; ValueType: string; ValueData: "{app}\espalier.exe,0"
Root: HKA; Subkey: "Software\Classes\Espalier.jsonl\shell\open\command"; ValueType: string; ValueData: """{app}\espalier.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\.jsonl\OpenWithProgids"; ValueType: string; ValueName: "Espalier.jsonl"; ValueData: ""; Flags: uninsdeletevalue uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\Applications\espalier.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "Espalier"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\espalier.exe\SupportedTypes"; ValueType: string; ValueName: ".jsonl"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\espalier.exe\shell\open\command"; ValueType: string; ValueData: """{app}\espalier.exe"" ""%1"""
Root: HKA; Subkey: "Software\Microsoft\Windows\CurrentVersion\App Paths\espalier.exe"; ValueType: string; ValueData: "{app}\espalier.exe"; Flags: uninsdeletekey

[Run]
Filename: "{app}\espalier.exe"; Description: "{cm:LaunchProgram,Espalier}"; Flags: nowait postinstall skipifsilent

[Code]
{ A custom message with its one argument. CustomMessage leaves the line breaks as they are written. }
function Told(const Name, Argument: String): String;
var
  Text: String;
begin
  Text := CustomMessage(Name);
  StringChangeEx(Text, '%n', #13#10, True);
  Result := FmtMessage(Text, [Argument]);
end;

function DataFolder: String;
begin
  Result := ExpandConstant('{localappdata}\espalier');
end;

function BinFolder: String;
begin
  Result := ExpandConstant('{app}\bin');
end;

function IsUpgrade: Boolean;
begin
  Result := FileExists(ExpandConstant('{app}\espalier.exe'));
end;

function EnvironmentKey: String;
begin
  if IsAdminInstallMode then
    Result := 'SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
  else
    Result := 'Environment';
end;

{ Where BinFolder stands in the list with a semicolon put before and behind it; 0 where it does not. }
function PlaceInPath(const Path: String): Integer;
begin
  Result := Pos(';' + Lowercase(BinFolder) + ';', ';' + Lowercase(Path) + ';');
end;

procedure AddToPath;
var
  Path: String;
begin
  Path := '';
  if RegValueExists(HKA, EnvironmentKey, 'Path') and not RegQueryStringValue(HKA, EnvironmentKey, 'Path', Path) then
    exit;  { what cannot be read must not be replaced }
  if PlaceInPath(Path) > 0 then
    exit;
  if (Path <> '') and (Path[Length(Path)] <> ';') then
    Path := Path + ';';
  RegWriteExpandStringValue(HKA, EnvironmentKey, 'Path', Path + BinFolder);
end;

procedure TakeFromPath;
var
  Path: String;
  Place: Integer;
begin
  if not RegQueryStringValue(HKA, EnvironmentKey, 'Path', Path) then
    exit;
  Place := PlaceInPath(Path);
  if Place = 0 then
    exit;
  Path := ';' + Path + ';';
  Delete(Path, Place, Length(BinFolder) + 1);
  RegWriteExpandStringValue(HKA, EnvironmentKey, 'Path', Copy(Path, 2, Length(Path) - 2));
end;

{ The program among the data would be removed by hand one day, and the data with it. }
function AmongTheData: Boolean;
begin
  Result := Pos(Lowercase(AddBackslash(DataFolder)), Lowercase(AddBackslash(WizardDirValue))) = 1;
end;

function NextButtonClick(CurPageID: Integer): Boolean;
begin
  Result := (CurPageID <> wpSelectDir) or not AmongTheData;
  if not Result then
    SuppressibleMsgBox(Told('DataFolderChosen', DataFolder), mbError, MB_OK, IDOK);
end;

{ A silent run shows no page with folders; and what was not running when Setup began may have been started since. }
function PrepareToInstall(var NeedsRestart: Boolean): String;
begin
  Result := '';
  if AmongTheData then
    Result := Told('DataFolderChosen', DataFolder)
  else if CheckForMutexes('{#Mutexes}') then
    Result := CustomMessage('StillRuns');
end;

procedure CurStepChanged(CurStep: TSetupStep);
begin
  if (CurStep = ssPostInstall) and WizardIsTaskSelected('path') then
    AddToPath;
end;

procedure CurUninstallStepChanged(CurUninstallStep: TUninstallStep);
begin
  if CurUninstallStep = usUninstall then
    TakeFromPath;
  if (CurUninstallStep = usPostUninstall) and DirExists(DataFolder) then
    SuppressibleMsgBox(Told('DataKept', DataFolder), mbInformation, MB_OK, IDOK);
end;
