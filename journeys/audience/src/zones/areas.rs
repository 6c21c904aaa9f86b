//! What follows the calling code, in countries that keep several times: the beginning of the national number, as digits.
//!
//! The longest beginning counts. A beginning that leads to no zone (mobile numbers, mostly) is not here. Sources: the numbering
//! plans of the countries.

/// A zone and the beginnings of its national numbers.
type Zone = (&'static str, &'static [&'static str]);

/// By calling code.
pub(super) const AREAS: &[(&str, &[Zone])] = &[
    // Russia by region; 6 and 7 are Kazakhstan, which keeps one time since March 2024.
    (
        "7",
        &[
            ("Asia/Almaty", &["6", "7"]),
            ("Europe/Kaliningrad", &["401"]),
            (
                "Europe/Moscow",
                &[
                    "47", "48", "49", "811", "812", "813", "814", "815", "816", "817", "818", "820", "821", "831",
                    "834", "835", "836", "841", "843", "847", "855", "86", "87",
                ],
            ),
            ("Europe/Kirov", &["833"]),
            ("Europe/Volgograd", &["844"]),
            ("Europe/Saratov", &["845"]),
            ("Europe/Astrakhan", &["851"]),
            ("Europe/Ulyanovsk", &["842"]),
            ("Europe/Samara", &["341", "846", "848"]),
            ("Asia/Yekaterinburg", &["342", "343", "345", "346", "347", "349", "351", "352", "353"]),
            ("Asia/Omsk", &["381"]),
            ("Asia/Tomsk", &["382"]),
            ("Asia/Novosibirsk", &["383"]),
            ("Asia/Novokuznetsk", &["384"]),
            ("Asia/Barnaul", &["385", "388"]),
            ("Asia/Krasnoyarsk", &["390", "391", "394"]),
            ("Asia/Irkutsk", &["301", "395"]),
            ("Asia/Chita", &["302"]),
            ("Asia/Yakutsk", &["411", "416"]),
            ("Asia/Vladivostok", &["421", "423", "426"]),
            ("Asia/Magadan", &["413"]),
            ("Asia/Sakhalin", &["424"]),
            ("Asia/Kamchatka", &["415"]),
            ("Asia/Anadyr", &["427"]),
        ],
    ),
    ("34", &[("Europe/Madrid", &["8", "9"]), ("Atlantic/Canary", &["822", "828", "922", "928"])]),
    ("351", &[("Europe/Lisbon", &["2"]), ("Atlantic/Madeira", &["291"]), ("Atlantic/Azores", &["292", "295", "296"])]),
    // Mexico: the border towns keep the time of the United States.
    (
        "52",
        &[
            ("America/Mexico_City", &["2", "33", "312", "314", "322", "341", "351", "4", "55", "56", "7", "9"]),
            ("America/Monterrey", &["618", "81", "82", "83", "84", "86", "87", "89"]),
            ("America/Matamoros", &["867", "868", "877", "878", "899"]),
            ("America/Ciudad_Juarez", &["656"]),
            ("America/Chihuahua", &["614"]),
            ("America/Hermosillo", &["622", "631", "642", "644", "662"]),
            ("America/Mazatlan", &["311", "612", "613", "624", "667", "668", "669"]),
            ("America/Tijuana", &["646", "661", "664", "665", "686"]),
            ("America/Merida", &["999"]),
            ("America/Cancun", &["983", "984", "987", "998"]),
        ],
    ),
    // Brazil, mobile numbers too. 97, the west of Amazonas, keeps two times.
    (
        "55",
        &[
            (
                "America/Sao_Paulo",
                &["1", "21", "22", "24", "27", "28", "3", "4", "51", "53", "54", "55", "61", "62", "64"],
            ),
            ("America/Araguaina", &["63"]),
            ("America/Cuiaba", &["65", "66"]),
            ("America/Campo_Grande", &["67"]),
            ("America/Rio_Branco", &["68"]),
            ("America/Porto_Velho", &["69"]),
            ("America/Bahia", &["71", "73", "74", "75", "77"]),
            ("America/Maceio", &["79", "82"]),
            ("America/Recife", &["81", "87"]),
            ("America/Fortaleza", &["83", "84", "85", "86", "88", "89", "98", "99"]),
            ("America/Belem", &["91", "93", "94", "96"]),
            ("America/Manaus", &["92"]),
            ("America/Boa_Vista", &["95"]),
        ],
    ),
    ("56", &[("America/Santiago", &["2", "3", "4", "5", "6", "7"]), ("America/Punta_Arenas", &["61"])]),
    // Australia: 8 is shared by three states.
    (
        "61",
        &[
            ("Australia/Sydney", &["2"]),
            ("Australia/Melbourne", &["3"]),
            ("Australia/Brisbane", &["7"]),
            ("Australia/Adelaide", &["87", "88"]),
            ("Australia/Darwin", &["889"]),
            ("Australia/Perth", &["86", "89"]),
            ("Indian/Cocos", &["89162"]),
            ("Indian/Christmas", &["89164"]),
        ],
    ),
    // Indonesia: west, middle and east; Kalimantan is divided.
    (
        "62",
        &[
            ("Asia/Jakarta", &["2", "31", "32", "33", "34", "35", "6", "7"]),
            ("Asia/Pontianak", &["53", "56"]),
            ("Asia/Makassar", &["36", "37", "38", "4", "51", "54", "55"]),
            ("Asia/Jayapura", &["9"]),
        ],
    ),
    ("64", &[("Pacific/Auckland", &["2", "3", "4", "6", "7", "9"]), ("Pacific/Chatham", &["3305"])]),
    ("976", &[("Asia/Ulaanbaatar", &["11", "21"])]),
    ("593", &[("America/Guayaquil", &["2", "3", "4", "6", "7"])]),
    ("599", &[("America/Curacao", &["9"]), ("America/Kralendijk", &["3", "4", "7"])]),
];
